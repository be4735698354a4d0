// SPDX-License-Identifier: Apache-2.0
package io.firesteel.spark;

import io.firesteel.FiresteelException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.apache.spark.SparkContext;
import org.apache.spark.rdd.RDD;

/**
 * The workers of a fit: those that train (members) and those that have come or come back since and
 * will join at the next group boundary. A background thread says hello to the latter, so that
 * nothing on the way of a group ever waits for a cold or frozen executor.
 */
final class Cluster implements AutoCloseable {
  private static final int DISCOVER_MS = 180_000;
  private static final int UNPINNED_MS = 20_000;
  private static final int RECHECK_MS = 8_000;
  private static final int PROBE_MS = 1_000;
  private static final int NEWCOMER_MS = 15_000;
  private static final int SPREAD_MS = 60;
  private static final int SETTLE_MS = 12_000;
  private static final int NOTE_MS = 20_000;

  private final SparkContext sc;
  private final RDD<byte[]> anyRdd;
  private final Roster roster;
  private final Placement placement;
  private final Consumer<String> notes;
  private final int shards;
  private final Ports ports;
  private final Set<String> told = new HashSet<>(); // notes about executors that cannot work
  private volatile String fitId;
  private volatile String isa = ""; // that all workers must have; "": any
  private volatile List<Worker> members = new ArrayList<>();
  private final Map<String, Worker> ready = new HashMap<>();
  private final int most; // members
  private final Set<String> spare = new HashSet<>(); // executors that answered when there were as many
  private Thread watching;
  private volatile boolean closed;

  Cluster(SparkContext sc, FitPlan plan, String fitId, int most, Consumer<String> notes) {
    this.sc = sc;
    this.notes = notes;
    this.most = most;
    this.anyRdd = plan.data.rdd.rdd();
    this.shards = plan.data.count();
    this.ports = plan.ports != null ? plan.ports : Ports.of(sc.conf());
    this.fitId = fitId;
    placement = new Placement(sc);
    roster = new Roster(notes);
    sc.addSparkListener(roster);
  }

  List<Worker> members() {
    return members;
  }

  /** From now on only workers that have this instruction set may join. */
  void pin(String lowest) {
    isa = lowest;
  }

  Placement placement() {
    return placement;
  }

  /** Another fit id: nobody holds its state or shards yet. */
  void renew(String newFitId) {
    fitId = newFitId;
    recheck(new ArrayList<>(), new ArrayList<>());
  }

  /** Finds the workers at the start, or when none is left; waits for executors that are starting. */
  void discover() {
    long start = System.nanoTime();
    Map<String, Worker> found = new TreeMap<>();
    int expected = placement.expectedExecutors();
    boolean noted = false;
    while (true) {
      int registered = placement.registeredExecutors();
      if (registered > 0) {
        List<Seat> seats = new ArrayList<>();
        for (int i = 0; i < (sc.isLocal() ? 1 : 4 * registered); i++) {
          seats.add(Seat.anywhere(i));
        }
        for (Worker worker : Turn.take(() -> hello(seats, SPREAD_MS, UNPINNED_MS))) {
          roster.add(worker);
          found.put(worker.executor, worker);
        }
        found.keySet().removeIf(roster::isRemoved);
      }
      long ms = (System.nanoTime() - start) / 1_000_000;
      boolean all = found.size() >= placement.registeredExecutors() && found.size() >= expected;
      if (!found.isEmpty() && (all || ms > SETTLE_MS)) {
        break;
      }
      if (ms > DISCOVER_MS) {
        throw new FiresteelException(
            "training: no executor answered within " + DISCOVER_MS / 1000
                + " s. Is the cluster full, or do the executors fail to start?");
      }
      if (ms > NOTE_MS && !noted) {
        noted = true;
        notes.accept("waiting for executors, " + placement.registeredExecutors() + " so far");
      }
      pause(200);
    }
    setMembers(found.values());
    if (found.size() > most) {
      notes.accept(
          "trains on " + most + " of " + found.size() + " executors: a batch has only so many parts"
              + " (micro-batches, of as many shards)");
    } else if (found.size() < expected && !isFull()) {
      notes.accept("starts on " + found.size() + " of " + expected + " executors; others join when they have room");
    }
    if (!sc.isLocal() && watching == null) {
      watching = new Thread(this::welcome, "firesteel-newcomers");
      watching.setDaemon(true);
      watching.start();
    }
  }

  /** Takes in the workers that became ready; returns them. */
  List<Worker> join() {
    List<Worker> joined = new ArrayList<>();
    synchronized (ready) {
      for (Worker worker : ready.values()) {
        boolean fits = members.size() + joined.size() < most;
        if (fits && !roster.isRemoved(worker.executor) && Isa.has(worker, isa)) {
          joined.add(worker);
        }
      }
      ready.clear();
    }
    if (!joined.isEmpty()) {
      List<Worker> all = new ArrayList<>(members);
      all.addAll(joined);
      setMembers(all);
    }
    return joined;
  }

  /** Whether Spark has removed a member. */
  boolean anyRemoved() {
    return members.stream().anyMatch(this::isRemoved);
  }

  /** Executors of Spark, with their hosts, that do not train: they are spare, frozen, busy or only just starting. */
  Map<String, String> leftOut() {
    Map<String, String> others = roster.alive();
    members.forEach(member -> others.remove(member.executor));
    return others;
  }

  /** Whether one of these is not known to be well: frozen, busy or only just starting. */
  boolean anySilent() {
    return !spare.containsAll(leftOut().keySet());
  }

  /** Whether there are as many members as the fit can use. */
  boolean isFull() {
    return members.size() >= most;
  }

  boolean isRemoved(Worker worker) {
    return isRemoved(worker.executor);
  }

  boolean isRemoved(String executor) {
    return roster.isRemoved(executor);
  }

  /**
   * Says hello to the members but the suspects, and to the late ones only if they are alive: a
   * worker may be in the middle of a long step. Those that answer stay. Returns those that went.
   */
  List<Worker> recheck(Collection<Worker> suspects, Collection<Worker> late) {
    List<Worker> before = members;
    List<Worker> alive = late.isEmpty() ? new ArrayList<>() : Probe.answering(late, PROBE_MS);
    List<Seat> seats = new ArrayList<>();
    for (Worker worker : before) {
      boolean unknown = late.contains(worker) && !alive.contains(worker);
      if (!suspects.contains(worker) && !unknown && !isRemoved(worker)) {
        seats.add(Seat.on(seats.size(), worker));
      }
    }
    setMembers(seats.isEmpty() ? new ArrayList<>() : Turn.take(() -> hello(seats, 0, RECHECK_MS)));
    if (members.isEmpty()) {
      discover();
    }
    List<Worker> gone = new ArrayList<>();
    for (Worker worker : before) {
      if (members.stream().noneMatch(member -> member.executor.equals(worker.executor))) {
        gone.add(worker);
      }
    }
    return gone;
  }

  /** Those of them that answer nobody while others do; none where the driver cannot reach the workers' ports. */
  List<Worker> unanswering(Collection<Worker> asked) {
    List<Worker> answering = Probe.answering(members, PROBE_MS);
    List<Worker> silent = new ArrayList<>(answering.isEmpty() ? answering : asked);
    silent.removeAll(answering);
    return silent;
  }

  private void setMembers(Collection<Worker> workers) {
    Comparator<Worker> byAge =
        Comparator.comparingInt((Worker w) -> w.executor.length()).thenComparing(w -> w.executor);
    List<Worker> sorted = new ArrayList<>(workers);
    if (sorted.size() > most) {
      Map<String, Integer> held = CachedBlocks.held(anyRdd);
      sorted.sort(Comparator.comparing((Worker w) -> -held.getOrDefault(w.executor, 0)).thenComparing(byAge));
      sorted.subList(most, sorted.size()).forEach(worker -> spare.add(worker.executor));
      sorted = new ArrayList<>(sorted.subList(0, most));
    }
    // Those of a host have neighbouring parts of a batch, so that what they add up among themselves is one sum.
    sorted.sort(Comparator.comparing((Worker w) -> w.host).thenComparing(byAge));
    members = sorted;
    synchronized (ready) {
      sorted.forEach(worker -> ready.remove(worker.executor));
    }
  }

  private List<Worker> hello(List<Seat> seats, int pauseMs, int deadlineMs) {
    PinnedRdd rdd = new PinnedRdd(anyRdd, false, seats);
    HelloTask task = new HelloTask(fitId, shards, ports, pauseMs);
    PinnedJob job =
        PinnedJob.each(
            sc, "Firesteel: hello", rdd, task, deadlineMs,
            seat -> roster.isRemoved(seats.get(seat).executor));
    Map<String, Worker> answered = new HashMap<>();
    String failure = null;
    for (Reply reply : job.replies.values()) {
      if (reply.ok()) {
        answered.put(reply.executor, new Worker(reply));
      } else if (reply.status == Reply.Status.FAILED) {
        failure = "executor " + reply.executor + ": " + reply.text;
      }
    }
    if (answered.isEmpty() && failure != null) {
      throw new FiresteelException(failure); // the others, if there are any, cannot work either
    }
    if (failure != null && told.add(failure)) {
      notes.accept("trains without " + failure);
    }
    if (job.failure() != null) {
      throw new FiresteelException("training: the executors cannot run its tasks: " + job.failure());
    }
    return new ArrayList<>(answered.values());
  }

  /** The background thread: newcomers, and members that were dropped as suspects. */
  private void welcome() {
    while (rested(300) && !closed && !sc.isStopped()) {
      List<Seat> seats = new ArrayList<>();
      Map<String, String> alive = roster.alive();
      members.forEach(member -> alive.remove(member.executor));
      synchronized (ready) {
        alive.keySet().removeAll(ready.keySet());
      }
      alive.forEach(
          (executor, host) ->
              seats.add(Seat.on(seats.size(), executor, host)));
      if (seats.isEmpty() || closed || members.size() >= most) {
        continue;
      }
      try {
        for (Worker worker : hello(seats, 0, NEWCOMER_MS)) {
          synchronized (ready) {
            if (members.stream().noneMatch(member -> member.executor.equals(worker.executor))) {
              ready.put(worker.executor, worker);
            }
          }
        }
      } catch (FiresteelException e) {
        rested(2000); // a newcomer that cannot work is no reason to stop those that do
      }
    }
  }

  /** False when interrupted: the fit is over. */
  private static boolean rested(int ms) {
    try {
      Thread.sleep(ms);
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private static void pause(int ms) {
    try {
      Thread.sleep(ms);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new FiresteelException("training: interrupted");
    }
  }

  @Override
  public void close() {
    closed = true;
    if (watching != null) {
      watching.interrupt();
    }
    sc.removeSparkListener(roster);
  }
}
