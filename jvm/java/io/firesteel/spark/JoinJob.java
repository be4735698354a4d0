// SPDX-License-Identifier: Apache-2.0
package io.firesteel.spark;

import java.util.concurrent.atomic.AtomicLong;
import org.apache.spark.SparkContext;

/**
 * The tasks that hold executors' other slots while a group runs, as a Spark job of its own: the group neither waits
 * for them nor fails with them. close() ends what has not ended by itself.
 */
final class JoinJob implements AutoCloseable {
  private static final long AFTER_LEADERS_MS = 20; // leading tasks are to have slots first
  private static final long END_MS = 300; // tasks that joined end within 50 ms of their leader
  private static final AtomicLong NUMBER = new AtomicLong();

  private final SparkContext sc;
  private final String tag = "firesteel-join-" + NUMBER.incrementAndGet();
  private final Thread thread;
  private volatile boolean closed;

  JoinJob(SparkContext sc, String title, PinnedRdd rdd, JoinTask task) {
    this.sc = sc;
    thread = new Thread(() -> submit(title, rdd, task), tag);
    thread.setDaemon(true);
    thread.start();
  }

  private void submit(String title, PinnedRdd rdd, JoinTask task) {
    try {
      Thread.sleep(AFTER_LEADERS_MS);
      if (closed) {
        return;
      }
      sc.addJobTag(tag);
      sc.setInterruptOnCancel(true);
      sc.setJobDescription(title);
      sc.runJob(rdd, task, ScalaBridge.<Reply>handler((seat, reply) -> {}), ScalaBridge.tag(Reply.class));
    } catch (Throwable e) { // cancelled, an executor was lost, Spark stops: the group's own job says so
      return;
    }
  }

  @Override
  public void close() {
    closed = true;
    Thread ender =
        new Thread(
            () -> {
              try {
                thread.join(END_MS);
                while (thread.isAlive() && !sc.isStopped()) { // a cancel that precedes the submission is lost
                  sc.cancelJobsWithTag(tag);
                  thread.join(END_MS);
                }
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            },
            tag + "-end");
    ender.setDaemon(true);
    ender.start();
  }
}
