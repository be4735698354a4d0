// SPDX-License-Identifier: Apache-2.0
package io.firesteel.spark;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerExecutorAdded;
import org.apache.spark.scheduler.SparkListenerExecutorRemoved;

/** The executors that Spark added and removed since the fit began. */
final class Roster extends SparkListener {
  // Java's own end of an executor without memory (org.apache.spark.util.SparkExitCode.OOM), and a container's.
  private static final Pattern OUT_OF_MEMORY =
      Pattern.compile("\\bcode 52\\b|OutOfMemory", Pattern.CASE_INSENSITIVE);
  private static final Pattern OVER_LIMIT =
      Pattern.compile("(exceed|beyond).*memory|memory.*(exceed|beyond)|OOMKilled", Pattern.CASE_INSENSITIVE);

  private final Map<String, String> hosts = new HashMap<>();
  private final Set<String> removed = new HashSet<>();
  private final Consumer<String> notes;

  /** notes: is told what a user should know of an executor's end. */
  Roster(Consumer<String> notes) {
    this.notes = notes;
  }

  @Override
  public synchronized void onExecutorAdded(SparkListenerExecutorAdded event) {
    hosts.put(event.executorId(), event.executorInfo().executorHost());
  }

  @Override
  public synchronized void onExecutorRemoved(SparkListenerExecutorRemoved event) {
    removed.add(event.executorId());
    String host = hosts.remove(event.executorId());
    String advice = advice(String.valueOf(event.reason()));
    if (advice != null) {
      notes.accept("executor " + event.executorId() + (host == null ? "" : " on " + host) + " " + advice);
    }
  }

  /** What to do where Spark's reason speaks of memory, or null. */
  static String advice(String reason) {
    if (OUT_OF_MEMORY.matcher(reason).find()) {
      return "ran out of Java's memory. Raise spark.executor.memory, or use more executors or more shards";
    }
    if (OVER_LIMIT.matcher(reason).find()) {
      return "used more memory than its container may. Raise spark.executor.memoryOverhead";
    }
    return null;
  }

  /** Remembers one that was there before the listener. */
  synchronized void add(Worker worker) {
    if (!removed.contains(worker.executor)) {
      hosts.put(worker.executor, worker.sparkHost);
    }
  }

  synchronized boolean isRemoved(String executor) {
    return removed.contains(executor);
  }

  /** Executor id to host, of those not removed. */
  synchronized Map<String, String> alive() {
    return new HashMap<>(hosts);
  }
}
