// SPDX-License-Identifier: Apache-2.0
package io.firesteel.spark;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerExecutorAdded;
import org.apache.spark.scheduler.SparkListenerExecutorRemoved;

/** The executors that Spark added and removed since the fit began. */
final class Roster extends SparkListener {
  private final Map<String, String> hosts = new HashMap<>();
  private final Set<String> removed = new HashSet<>();

  @Override
  public synchronized void onExecutorAdded(SparkListenerExecutorAdded event) {
    hosts.put(event.executorId(), event.executorInfo().executorHost());
  }

  @Override
  public synchronized void onExecutorRemoved(SparkListenerExecutorRemoved event) {
    removed.add(event.executorId());
    hosts.remove(event.executorId());
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
