// SPDX-License-Identifier: Apache-2.0
package io.firesteel.spark;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.firesteel.internal.Buffers;
import io.firesteel.internal.Json;
import io.firesteel.internal.Native;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import org.apache.spark.TaskContext;
import org.apache.spark.broadcast.Broadcast;

/** One worker's part of one job of a group whose numbers Spark carries. */
final class CarriedTask extends PinnedTask {
  private static final long serialVersionUID = 1L;

  enum Phase {
    BEGIN, // go to the group's start; the reply says whether the state is there
    GIVE_STATE, // leave it for those that lack it
    RESTORE, // take it
    COMPUTE, // take the parameters of the iteration before, compute, give the gradients
    SUM, // sum this worker's share, and update it unless gradients are clipped by their norm
    UPDATE, // update it
    FINISH, // take the last parameters, give the optimizer's state
    END // take everybody's
  }

  /** What all jobs of a group have in common. */
  static final class Group implements Serializable {
    private static final long serialVersionUID = 1L;
    final String fitId;
    final long serial; // of the attempt at the group
    final String json; // without rank and threads
    final int size; // workers
    final int localThreads;
    final int threadLimit;
    final boolean byDriver;
    final boolean needsNorms; // updates wait for sums over all workers
    boolean wantState;
    boolean wantModel;

    Group(
        String fitId, long serial, String json, int size, int localThreads, int threadLimit, boolean byDriver,
        boolean needsNorms) {
      this.fitId = fitId;
      this.serial = serial;
      this.json = json;
      this.size = size;
      this.localThreads = localThreads;
      this.threadLimit = threadLimit;
      this.byDriver = byDriver;
      this.needsNorms = needsNorms;
    }

    private String name(String kind, long step, int from, int to) {
      return "firesteel-" + fitId + "-" + serial + "-" + kind + "-" + step + "-" + from + "-" + to;
    }
  }

  private final Group group;
  private final Phase phase;
  private final long step; // of the group, from 0
  private final Broadcast<byte[][]> fromDriver; // parameters, then the optimizer's state; or null
  private final byte[][] squares; // of all workers
  private List<Integer> ranks; // that have something to do; null: all

  CarriedTask(Group group, Phase phase, long step, Broadcast<byte[][]> fromDriver, byte[][] squares) {
    this.group = group;
    this.phase = phase;
    this.step = step;
    this.fromDriver = fromDriver;
    this.squares = squares;
  }

  CarriedTask only(List<Integer> these) {
    ranks = new ArrayList<>(these);
    return this;
  }

  @Override
  @SuppressWarnings("try") // it watches by being there
  Reply run(TaskContext context, PinnedRdd.Feed feed, String here) {
    if (context.attemptNumber() > 0) {
      return new Reply(Reply.Status.STALE, here, "attempt " + context.attemptNumber());
    }
    if (!Native.hasFit(group.fitId)) {
      return new Reply(Reply.Status.UNPREPARED, here, "the worker is a new process");
    }
    long startNs = System.nanoTime();
    int rank = feed.seat.index();
    if (ranks != null && !ranks.contains(rank)) {
      return new Reply(Reply.Status.OK, here, "{}");
    }
    int threads = group.localThreads > 0 ? group.localThreads : context.cpus();
    if (group.threadLimit > 0) {
      threads = Math.min(threads, group.threadLimit);
    }
    ObjectNode json = Json.parseObject(group.json).put("rank", rank).put("threads", threads);
    ObjectNode report = Json.object();
    byte[] bytes = null;
    byte[] model = null;
    try (Interrupter watch = new Interrupter(context, group.fitId)) {
      switch (phase) {
        case BEGIN:
          Carrier.drop(group.fitId, name -> true);
          report.put("found", Native.beginCarried(group.fitId, json.toString()));
          break;
        case GIVE_STATE:
          Carrier.put(group.fitId, group.name("state", 0, 0, 0), Native.checkpoint(group.fitId));
          break;
        case RESTORE:
          Native.restore(group.fitId, Buffers.direct(Carrier.get(group.name("state", 0, 0, 0))));
          report.put("found", Native.beginCarried(group.fitId, json.toString()));
          break;
        case COMPUTE:
          takeParameters(rank);
          report = Json.parseObject(Native.computeCarried(group.fitId, json.toString()));
          bytes = giveGradients(rank);
          break;
        case SUM:
          Carrier.drop(group.fitId, name -> name.contains("-parameters-"));
          byte[][] gradients = all(rank, from -> group.name("gradients", step, from, rank));
          bytes = Native.sumCarried(group.fitId, gradients, rank, group.size);
          if (!group.needsNorms) {
            update(rank, new byte[group.size][0]);
          }
          break;
        case UPDATE:
          update(rank, squares);
          break;
        case FINISH:
          takeParameters(rank);
          if (!group.byDriver) {
            Carrier.put(
                group.fitId, group.name("optimizer", 0, rank, 0),
                Native.carriedOptimizer(group.fitId, rank, group.size));
          }
          break;
        default:
          end(rank, json, report);
          bytes = rank == 0 && group.wantState ? Native.checkpoint(group.fitId) : null;
          model = rank == 0 && group.wantModel ? Native.model(group.fitId) : null;
      }
    }
    report.put("task_s", (System.nanoTime() - startNs) / 1e9);
    return new Reply(Reply.Status.OK, here, report.toString(), bytes, model);
  }

  /** Those of the iteration before; the first one of a group has them. */
  private void takeParameters(int rank) {
    Carrier.drop(group.fitId, name -> name.contains("-gradients-") || name.contains("-state-"));
    if (step == 0) {
      return;
    }
    byte[][] slices =
        group.byDriver
            ? new byte[][] {fromDriver.value()[0]}
            : all(rank, from -> group.name("parameters", step - 1, from, 0));
    Native.takeParameters(group.fitId, slices);
  }

  private byte[] giveGradients(int rank) {
    if (group.byDriver) {
      return Native.carriedGradients(group.fitId, 0, 1);
    }
    for (int to = 0; to < group.size; to++) {
      byte[] share = Native.carriedGradients(group.fitId, to, group.size);
      Carrier.put(group.fitId, group.name("gradients", step, rank, to), share);
    }
    return null;
  }

  private void update(int rank, byte[][] allSquares) {
    byte[] slice = Native.updateCarried(group.fitId, allSquares, rank, group.size);
    Carrier.put(group.fitId, group.name("parameters", step, rank, 0), slice);
  }

  private void end(int rank, ObjectNode json, ObjectNode report) {
    byte[][] states =
        group.byDriver
            ? new byte[][] {fromDriver.value()[1]}
            : all(rank, from -> group.name("optimizer", 0, from, 0));
    Native.takeOptimizer(group.fitId, states);
    report.setAll(Json.parseObject(Native.endCarried(group.fitId, json.toString())));
  }

  /** Each worker begins behind its own, so that not all of them ask the same one at the same time. */
  private byte[][] all(int rank, IntFunction<String> name) {
    byte[][] slices = new byte[group.size][];
    for (int i = 1; i <= group.size; i++) {
      int from = (rank + i) % group.size;
      slices[from] = Carrier.get(name.apply(from));
    }
    return slices;
  }
}
