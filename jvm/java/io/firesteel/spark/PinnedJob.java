// SPDX-License-Identifier: Apache-2.0
package io.firesteel.spark;

import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.spark.SparkContext;

/**
 * One Spark job of pinned tasks, run in a thread of its own so that the driver sees each reply as it
 * arrives and never waits for a frozen executor: at the deadline, or some time after the first bad
 * reply, it cancels the job and goes on with the replies it has.
 */
final class PinnedJob {
  private static final long CANCEL_EVERY_MS = 200;
  private static final AtomicLong NUMBER = new AtomicLong();

  /** Replies by seat, in the order of the seats; those of cancelled tasks are missing. */
  final TreeMap<Integer, Reply> replies = new TreeMap<>();
  final long startNs = System.nanoTime();
  private long endNs;
  private Throwable failure;
  private boolean ended;
  private boolean cancelled;

  /** deadlineMs 0: none. graceMs: how long after the first bad reply the job is cancelled; -1: never. */
  static PinnedJob run(
      SparkContext sc, String title, PinnedRdd rdd, PinnedTask task, long deadlineMs, long graceMs) {
    PinnedJob job = new PinnedJob();
    String group = "firesteel-" + NUMBER.incrementAndGet();
    Thread thread = new Thread(() -> job.submit(sc, group, title, rdd, task), group);
    thread.setDaemon(true);
    thread.start();
    try {
      job.await(sc, group, deadlineMs, graceMs);
    } catch (InterruptedException e) {
      sc.cancelJobGroup(group);
      Thread.currentThread().interrupt();
    }
    return job;
  }

  double seconds() {
    return (endNs - startNs) / 1e9;
  }

  /** Why the job failed by itself, in one line, or null. */
  synchronized String failure() {
    if (failure == null || cancelled) {
      return null;
    }
    String text = String.valueOf(failure.getMessage());
    int cause = text.indexOf("failure: Lost task");
    text = cause >= 0 ? text.substring(cause) : text;
    return text.split("\n")[0];
  }

  private void submit(SparkContext sc, String group, String title, PinnedRdd rdd, PinnedTask task) {
    Throwable thrown = null;
    try {
      sc.setJobGroup(group, title, true);
      sc.runJob(rdd, task, ScalaBridge.<Reply>handler(this::arrived), ScalaBridge.tag(Reply.class));
    } catch (Throwable e) { // Scala throws checked exceptions without saying so
      thrown = e;
    }
    synchronized (this) {
      failure = thrown;
      ended = true;
      notifyAll();
    }
  }

  private synchronized void arrived(int seat, Reply reply) {
    replies.put(seat, reply);
    notifyAll();
  }

  private synchronized void await(SparkContext sc, String group, long deadlineMs, long graceMs)
      throws InterruptedException {
    long end = deadlineMs > 0 ? startNs + deadlineMs * 1_000_000 : Long.MAX_VALUE;
    long nextCancel = 0;
    while (!ended) {
      long now = System.nanoTime();
      if (!cancelled && graceMs >= 0 && replies.values().stream().anyMatch(reply -> !reply.ok())) {
        end = Math.min(end, now + graceMs * 1_000_000);
        graceMs = -1;
      }
      if (now >= end && now >= nextCancel) {
        // Again until it has ended: a cancel that precedes the submission is lost.
        cancelled = true;
        nextCancel = now + CANCEL_EVERY_MS * 1_000_000;
        sc.cancelJobGroup(group);
      }
      long wakeMs = cancelled ? CANCEL_EVERY_MS : Math.min(1000, (end - now) / 1_000_000 + 1);
      wait(Math.max(1, wakeMs));
    }
    endNs = System.nanoTime();
  }
}
