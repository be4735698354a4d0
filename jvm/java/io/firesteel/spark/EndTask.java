// SPDX-License-Identifier: Apache-2.0
package io.firesteel.spark;

import io.firesteel.internal.Native;
import org.apache.spark.TaskContext;

/** Ends a fit on its worker. */
final class EndTask extends PinnedTask {
  private static final long serialVersionUID = 1L;
  private final String fitId;

  EndTask(String fitId) {
    this.fitId = fitId;
  }

  @Override
  Reply run(TaskContext context, PinnedRdd.Feed feed, String here) {
    Native.endFit(fitId);
    Fence.forget(fitId);
    Joiners.forget(fitId);
    Carrier.drop(fitId, name -> true);
    return new Reply(Reply.Status.OK, here, "");
  }
}
