// SPDX-License-Identifier: Apache-2.0
package io.firesteel.spark;

import io.firesteel.internal.Native;
import org.apache.spark.TaskContext;

/** Ends what a fit computes when Spark kills its task: native code does not see interrupts. */
final class Interrupter implements Runnable, AutoCloseable {
  private final TaskContext context;
  private final String fitId;
  private boolean closed;

  Interrupter(TaskContext context, String fitId) {
    this.context = context;
    this.fitId = fitId;
    Thread thread = new Thread(this, "firesteel-watch");
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void run() {
    while (poll()) {
      try {
        Thread.sleep(PinnedTask.POLL_MS);
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  /** Again and again: an interrupt that precedes the group's start is lost. */
  private synchronized boolean poll() {
    if (!closed && context.isInterrupted()) {
      Native.interrupt(fitId, "Spark cancelled the task");
    }
    return !closed;
  }

  @Override
  public synchronized void close() {
    closed = true;
  }
}
