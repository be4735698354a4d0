// SPDX-License-Identifier: Apache-2.0
package io.firesteel.spark;

import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerStageSubmitted;
import org.apache.spark.scheduler.SparkListenerTaskStart;

/**
 * Which tasks of a job have started. Workers whose connections are kept would wait without end for
 * one whose task gets no slot: its process is alive, so they don't hold it for lost.
 */
final class Starts extends SparkListener {
  static final String PROPERTY = "firesteel.job";

  private final String job;
  private final Set<Integer> stages = new HashSet<>();
  private final Map<Integer, Long> heardNs = new HashMap<>(); // by seat

  Starts(String job) {
    this.job = job;
  }

  // Not onJobStart: its list of stages has another type in each Scala version.
  @Override
  public synchronized void onStageSubmitted(SparkListenerStageSubmitted event) {
    if (event.properties() != null && job.equals(event.properties().getProperty(PROPERTY))) {
      stages.add(event.stageInfo().stageId());
    }
  }

  @Override
  public synchronized void onTaskStart(SparkListenerTaskStart event) {
    if (stages.contains(event.stageId())) {
      heardNs.putIfAbsent(event.taskInfo().index(), System.nanoTime());
    }
  }

  /**
   * Whether the others have started so long ago and this one has not. Measured from when the newest
   * start was heard of, so that a listener bus that lags does not count.
   */
  synchronized boolean isOverdue(int seat, long deadlineMs) {
    return !heardNs.isEmpty()
        && !heardNs.containsKey(seat)
        && System.nanoTime() - Collections.max(heardNs.values()) > deadlineMs * 1_000_000;
  }

  /** Whether this one has started so much later than the first, or not at all. */
  synchronized boolean isLate(int seat, long ms) {
    return !heardNs.isEmpty()
        && heardNs.getOrDefault(seat, System.nanoTime()) - Collections.min(heardNs.values()) > ms * 1_000_000;
  }
}
