// SPDX-License-Identifier: Apache-2.0
package io.firesteel.spark;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Watches the workers during a job without collectives, in which they don't watch each other. One
 * that answers no probe for the peer deadline while others do, or once did itself, is silent. Where
 * the driver cannot reach the workers' ports, nobody ever answers and nobody is held for lost.
 */
final class Pulse implements AutoCloseable {
  private static final int MISSES = 2;

  private final Set<String> silent = new HashSet<>();
  private final Thread thread;

  Pulse(List<Worker> workers, int deadlineMs) {
    this(workers, deadlineMs, true);
  }

  /** atOnce: else it asks for the first time after a while, so that short jobs cost nothing. */
  Pulse(List<Worker> workers, int deadlineMs, boolean atOnce) {
    int waitMs = Math.max(100, deadlineMs / (2 * MISSES));
    thread = new Thread(() -> watch(workers, waitMs, atOnce), "firesteel-pulse");
    thread.setDaemon(true);
    thread.start();
  }

  synchronized boolean isSilent(Worker worker) {
    return silent.contains(worker.executor);
  }

  private void watch(List<Worker> workers, int waitMs, boolean atOnce) {
    int[] misses = new int[workers.size()];
    boolean reachable = false;
    if (!atOnce && !sleep(waitMs)) {
      return;
    }
    do {
      List<Worker> answered = Probe.answering(workers, waitMs);
      reachable |= !answered.isEmpty();
      for (int i = 0; i < misses.length; i++) {
        boolean answers = answered.contains(workers.get(i));
        misses[i] = answers ? 0 : misses[i] + 1;
        tell(workers.get(i), reachable && misses[i] >= MISSES);
      }
    } while (sleep(waitMs));
  }

  private static boolean sleep(int ms) {
    try {
      Thread.sleep(ms);
      return true;
    } catch (InterruptedException e) {
      return false;
    }
  }

  private synchronized void tell(Worker worker, boolean isSilent) {
    if (isSilent) {
      silent.add(worker.executor);
    } else {
      silent.remove(worker.executor);
    }
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}
