// SPDX-License-Identifier: Apache-2.0
package io.firesteel.spark;

import io.firesteel.FiresteelException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.IntPredicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.spark.SparkContext;

/**
 * One Spark job of pinned tasks, run in a thread of its own so that the driver sees each reply as it
 * arrives and never waits for a frozen executor: at the deadline, some time after the first bad
 * reply, or when all seats but the lost ones have replied, it cancels the job and goes on with the
 * replies it has.
 */
final class PinnedJob {
  private static final long CANCEL_EVERY_MS = 200;
  private static final long GRACE_MS = 300; // survivors notice within 60 ms; the rest will not come
  private static final long LOOK_EVERY_MS = 200; // whether seats are lost
  private static final long UNNOTICED_MS = 3000; // the others would have told by then
  private static final Pattern CANCELLED = Pattern.compile("Job \\d+ cancelled[^.]*"); // 4.x: [...] before it
  private static final AtomicLong NUMBER = new AtomicLong();

  /** Replies by seat, in the order of the seats; those of cancelled tasks are missing. */
  final TreeMap<Integer, Reply> replies = new TreeMap<>();
  final Set<Integer> named = new HashSet<>(); // seats that others found lost
  final Set<Integer> withoutSlot = new HashSet<>(); // seats whose tasks never started
  final long startNs = System.nanoTime();
  private final int seats;
  private final IntPredicate lost;
  private final IntPredicate silent; // counts once another seat has replied, or should have
  private final Map<Integer, Long> silentNs = new HashMap<>(); // since when seats are
  private long endNs;
  private long noticedNs; // when the first trouble was heard of
  private Throwable failure;
  private OutOfMemoryError outOfMemory; // of the driver; a reply may never arrive
  private boolean ended;
  private boolean cancelled;

  private PinnedJob(int seats, IntPredicate lost, IntPredicate silent) {
    this.seats = seats;
    this.lost = lost;
    this.silent = silent;
  }

  /**
   * A job whose tasks don't need each other: the good replies count, whatever becomes of others.
   * deadlineMs 0: none. lost: whether the executor of a seat is known to be gone, so that nobody
   * waits for it.
   */
  static PinnedJob each(
      SparkContext sc, String title, PinnedRdd rdd, PinnedTask task, long deadlineMs, IntPredicate lost) {
    String tag = "firesteel-" + NUMBER.incrementAndGet();
    return new PinnedJob(rdd.getPartitions().length, lost, seat -> false).run(sc, tag, title, rdd, task, deadlineMs, -1);
  }

  /**
   * A job whose tasks need all others: it is cancelled soon after the first trouble. silent: whether the
   * worker of a seat answers nobody. While tasks go on they see that themselves; a worker that freezes
   * after its last word to the others is missed by nobody but the driver.
   */
  static PinnedJob together(
      SparkContext sc, String title, PinnedRdd rdd, PinnedTask task, long startDeadlineMs, IntPredicate lost,
      IntPredicate silent) {
    String tag = "firesteel-" + NUMBER.incrementAndGet();
    Starts starts = new Starts(tag);
    IntPredicate overdue = seat -> starts.isOverdue(seat, startDeadlineMs);
    PinnedJob job = new PinnedJob(rdd.getPartitions().length, lost.or(overdue), silent);
    sc.addSparkListener(starts);
    try {
      job.run(sc, tag, title, rdd, task, 0, GRACE_MS);
    } finally {
      sc.removeSparkListener(starts);
    }
    // The workers that wait for it count from their own start, which the driver hears of later, and may
    // have given up first; a slot that one of them left is then offered to the task that waits.
    for (int seat = 0; seat < job.seats; seat++) {
      Reply reply = job.replies.get(seat);
      boolean ran = reply != null && reply.status != Reply.Status.MISPLACED;
      if (!ran && starts.isLate(seat, startDeadlineMs / 2) && !lost.test(seat)) {
        job.withoutSlot.add(seat);
      }
    }
    return job;
  }

  private PinnedJob run(
      SparkContext sc, String tag, String title, PinnedRdd rdd, PinnedTask task, long deadlineMs, long graceMs) {
    Thread thread = new Thread(() -> submit(sc, tag, title, rdd, task), tag);
    thread.setDaemon(true);
    Consumer<OutOfMemoryError> watch = this::ranOutOfMemory;
    DriverMemory.watch(watch);
    thread.start();
    try {
      await(sc, tag, deadlineMs, graceMs);
    } catch (InterruptedException e) {
      sc.cancelJobsWithTag(tag);
      Thread.currentThread().interrupt();
      throw new FiresteelException("training: interrupted");
    } finally {
      DriverMemory.forget(watch);
    }
    stopped(sc);
    return this;
  }

  /** Whoever cancels the jobs of a fit, or stops Spark, wants the fit to end. */
  private void stopped(SparkContext sc) {
    if (sc.isStopped()) {
      throw new FiresteelException("training: Spark must run until its end, got an application that was stopped");
    }
    if (outOfMemory != null && replies.size() < seats) {
      throw new FiresteelException(
          "spark.driver.memory: must hold what goes to tasks and comes back, the model and its state too, got '"
              + outOfMemory.getMessage() + "'. Set more of it; with a checkpoint folder training can be resumed",
          outOfMemory);
    }
    String why = failure();
    Matcher cancelled = CANCELLED.matcher(why == null ? "" : why);
    if (cancelled.find()) {
      throw new FiresteelException(
          "training: its Spark jobs must run to their end, got '" + cancelled.group()
              + "'. With a checkpoint folder it can be resumed");
    }
  }

  /** When the first trouble was heard of; the end of a job without any. */
  synchronized long noticedNs() {
    return noticedNs > 0 ? noticedNs : endNs;
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

  private void submit(SparkContext sc, String tag, String title, PinnedRdd rdd, PinnedTask task) {
    Throwable thrown = null;
    try {
      // A tag, not a job group: the group that the user's thread has set stays, and can be cancelled.
      sc.addJobTag(tag);
      sc.setInterruptOnCancel(true);
      sc.setJobDescription(title);
      sc.setLocalProperty(Starts.PROPERTY, tag);
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
    if (reply.status == Reply.Status.ABORTED && reply.suspect() >= 0) {
      named.add(reply.suspect());
    }
    if (!reply.ok() && noticedNs == 0) {
      noticedNs = System.nanoTime();
    }
    notifyAll();
  }

  private synchronized void ranOutOfMemory(OutOfMemoryError error) {
    outOfMemory = error;
    notifyAll();
  }

  /** Whether a seat without a reply is known to be lost. */
  private boolean oneIsLost() {
    for (int seat = 0; seat < seats; seat++) {
      if (!replies.containsKey(seat) && isLost(seat)) {
        return true;
      }
    }
    return false;
  }

  private boolean isLost(int seat) {
    return lost.test(seat) || silent.test(seat) && (!replies.isEmpty() || isUnnoticed(seat));
  }

  /**
   * Whether a seat is silent for so long that those that are not would have told, if their tasks had begun. They
   * don't where executors get what Spark sends with a task from one that froze just then.
   */
  private boolean isUnnoticed(int seat) {
    boolean othersLive = false;
    for (int other = 0; other < seats; other++) {
      othersLive |= !silent.test(other) && !lost.test(other);
    }
    long now = System.nanoTime();
    long since = silentNs.computeIfAbsent(seat, s -> now);
    return othersLive && now - since > UNNOTICED_MS * 1_000_000;
  }

  /** Whether all seats without a reply are known to be lost, and there are some. */
  private boolean onlyLostAreMissing() {
    boolean some = false;
    for (int seat = 0; seat < seats; seat++) {
      if (!replies.containsKey(seat)) {
        if (!named.contains(seat) && !isLost(seat)) {
          return false;
        }
        some = true;
      }
    }
    return some;
  }

  private synchronized void await(SparkContext sc, String tag, long deadlineMs, long graceMs)
      throws InterruptedException {
    long end = deadlineMs > 0 ? startNs + deadlineMs * 1_000_000 : Long.MAX_VALUE;
    long nextCancel = 0;
    while (!ended) {
      long now = System.nanoTime();
      silentNs.keySet().removeIf(seat -> !silent.test(seat));
      if (!cancelled && graceMs >= 0 && (noticedNs > 0 || oneIsLost())) {
        noticedNs = noticedNs > 0 ? noticedNs : now;
        end = Math.min(end, now + graceMs * 1_000_000);
        graceMs = -1;
      }
      if (!cancelled && now < end && (outOfMemory != null || onlyLostAreMissing())) {
        noticedNs = noticedNs > 0 ? noticedNs : now;
        end = now;
      }
      if (now >= end && now >= nextCancel) {
        // Again until it has ended: a cancel that precedes the submission is lost.
        cancelled = true;
        nextCancel = now + CANCEL_EVERY_MS * 1_000_000;
        sc.cancelJobsWithTag(tag);
      }
      long wakeMs = cancelled ? CANCEL_EVERY_MS : Math.min(LOOK_EVERY_MS, (end - now) / 1_000_000 + 1);
      wait(Math.max(1, wakeMs));
    }
    endNs = System.nanoTime();
  }
}
