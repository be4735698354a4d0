// SPDX-License-Identifier: Apache-2.0
package io.firesteel.spark;

import org.apache.spark.TaskContext;

/** Lends the slot that it holds to a group's leading task on the same executor. */
final class JoinTask extends PinnedTask {
  private static final long serialVersionUID = 1L;
  private static final long LEADER_MS = 1000; // else it may be this very slot that the leader waits for

  private final String fitId;
  private final long serial;

  JoinTask(String fitId, long serial) {
    this.fitId = fitId;
    this.serial = serial;
  }

  @Override
  Reply run(TaskContext context, PinnedRdd.Feed feed, String here) {
    boolean joined = context.attemptNumber() == 0 && Joiners.stay(fitId, serial, context, LEADER_MS);
    return new Reply(joined ? Reply.Status.OK : Reply.Status.STALE, here, "");
  }
}
