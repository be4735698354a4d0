// SPDX-License-Identifier: Apache-2.0
package io.firesteel.spark;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.firesteel.internal.Buffers;
import io.firesteel.internal.Json;
import io.firesteel.internal.Native;
import org.apache.spark.TaskContext;

/** Evaluates a model on the blocks of a seat; replies with the sums by block. */
final class EvalTask extends PinnedTask {
  private static final long serialVersionUID = 1L;

  private final SharedModel model;
  private final String spec;

  EvalTask(SharedModel model, String spec) {
    this.model = model;
    this.spec = spec;
  }

  @Override
  Reply run(TaskContext context, PinnedRdd.Feed feed, String here) {
    ObjectNode sums = Json.object();
    for (int i = 0; i < feed.seat.shards.length; i++) {
      if (context.isInterrupted()) {
        return new Reply(Reply.Status.ABORTED, here, "interrupted while it evaluated");
      }
      String one = Native.evaluate(model.get(), spec, Buffers.direct(feed.block(i)), context.cpus());
      sums.set(Integer.toString(feed.seat.shards[i]), Json.parse(one));
    }
    return new Reply(Reply.Status.OK, here, sums.toString());
  }
}
