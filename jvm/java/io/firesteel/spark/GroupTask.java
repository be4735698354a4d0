// SPDX-License-Identifier: Apache-2.0
package io.firesteel.spark;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.firesteel.internal.Json;
import io.firesteel.internal.Native;
import org.apache.spark.TaskContext;

/** A group of steps on one worker. Only a task's first attempt in a living group computes. */
final class GroupTask extends PinnedTask {
  private static final long serialVersionUID = 1L;
  private static final long JOIN_MS = 300; // Spark starts them together, where there are slots

  private final String fitId;
  private final long serial; // of the attempt at a group: never used twice in a fit
  private final String group; // the contract's Group without rank and threads
  private final int localThreads; // 0: as many as the task holds cores
  private final int threadLimit; // 0: none
  private final int[] joiners; // by rank: tasks that are to lend their slots
  private final boolean wantState;
  private final boolean wantModel;

  GroupTask(
      String fitId, long serial, String group, int localThreads, int threadLimit, int[] joiners,
      boolean wantState, boolean wantModel) {
    this.fitId = fitId;
    this.serial = serial;
    this.group = group;
    this.localThreads = localThreads;
    this.threadLimit = threadLimit;
    this.joiners = joiners;
    this.wantState = wantState;
    this.wantModel = wantModel;
  }

  @Override
  Reply run(TaskContext context, PinnedRdd.Feed feed, String here) {
    if (context.attemptNumber() > 0) { // the executor of the first one is dead
      return new Reply(Reply.Status.STALE, here, "attempt " + context.attemptNumber());
    }
    if (!Fence.enter(fitId, serial)) {
      return new Reply(Reply.Status.STALE, here, "attempt " + serial + " of this group is over");
    }
    try {
      return lead(context, feed.seat.index(), here);
    } finally {
      Joiners.over(fitId, serial);
    }
  }

  @SuppressWarnings("try") // it watches by being there
  private Reply lead(TaskContext context, int rank, String here) {
    if (!Native.hasFit(fitId)) {
      return new Reply(Reply.Status.UNPREPARED, here, "the worker is a new process");
    }
    int joined = joiners[rank] > 0 ? Joiners.gather(fitId, serial, joiners[rank], JOIN_MS) : 0;
    int threads = localThreads > 0 ? localThreads : context.cpus() * (1 + joined);
    if (threadLimit > 0) {
      threads = Math.min(threads, threadLimit);
    }
    ObjectNode json = Json.parseObject(group).put("rank", rank).put("threads", threads);
    String report;
    try (Interrupter watch = new Interrupter(context, fitId)) {
      report = Native.runGroup(fitId, json.toString());
    }
    Reply.Status status = status(Json.parse(report).path("status").asText());
    boolean gives = status == Reply.Status.OK && rank == 0;
    return new Reply(
        status, here, report,
        gives && wantState ? Native.checkpoint(fitId) : null,
        gives && wantModel ? Native.model(fitId) : null);
  }

  private static Reply.Status status(String text) {
    switch (text) {
      case "ok":
        return Reply.Status.OK;
      case "aborted":
        return Reply.Status.ABORTED;
      case "no_state":
        return Reply.Status.NO_STATE;
      default:
        return Reply.Status.FAILED;
    }
  }
}
