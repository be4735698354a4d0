// SPDX-License-Identifier: Apache-2.0
package io.firesteel.spark;

import io.firesteel.internal.Buffers;
import io.firesteel.internal.Native;
import java.util.Arrays;
import java.util.zip.CRC32;
import org.apache.spark.TaskContext;
import org.apache.spark.broadcast.Broadcast;

/** Begins the fit on a worker and gives it the shards that it lacks. */
final class PrepareTask extends PinnedTask {
  private static final long serialVersionUID = 1L;

  private final String fitId;
  private final String endedFitId; // a fit that this one replaces, or null
  private final String spec;
  private final byte[] key;
  private final Broadcast<byte[]> state;
  private final ShippedPlugins plugins;
  private final long[] rows;
  private final long[] sums;
  private final boolean copied;
  private final boolean copiesFirst;

  /** anyFrozen: a copy may be on an executor that never sends it; it is asked for last. */
  PrepareTask(
      String fitId, String endedFitId, String spec, byte[] key, Broadcast<byte[]> state,
      ShippedPlugins plugins, ShardSet data, boolean anyFrozen) {
    this.fitId = fitId;
    this.endedFitId = endedFitId;
    this.spec = spec;
    this.key = key;
    this.state = state;
    this.plugins = plugins;
    this.rows = data.rows;
    this.sums = data.sums;
    this.copied = data.copied;
    this.copiesFirst = data.copied && !anyFrozen;
  }

  @Override
  Reply run(TaskContext context, PinnedRdd.Feed feed, String here) {
    if (endedFitId != null) {
      Native.endFit(endedFitId);
    }
    if (!Native.hasFit(fitId)) {
      plugins.load();
      Native.beginFit(fitId, spec, Buffers.direct(state.value()), key);
      Native.spillShards(fitId, ShardMemory.place());
    }
    int[] shards = feed.seat.shards;
    for (int i = 0; i < shards.length; i++) {
      if (context.isInterrupted()) {
        return new Reply(Reply.Status.ABORTED, here, "interrupted while it read its shards");
      }
      if (Native.hasShard(fitId, shards[i])) {
        continue;
      }
      byte[] block = copiesFirst ? feed.copy(i) : feed.block(i);
      if (copied && !copiesFirst && !isAsFirstRead(block, shards[i])) {
        block = feed.copy(i);
      }
      if (!isAsFirstRead(block, shards[i])) {
        return new Reply(
            Reply.Status.USER_ERROR, here,
            "shard " + shards[i] + ": must come back as it was first read (" + rows[shards[i]]
                + " rows), got other rows. The source of the training data is not deterministic;"
                + " write it to a file first");
      }
      Native.addShard(fitId, shards[i], block);
    }
    return new Reply(Reply.Status.OK, here, Arrays.toString(shards));
  }

  private boolean isAsFirstRead(byte[] block, int shard) {
    return block != null && sum(block) == sums[shard];
  }

  static long sum(byte[] block) {
    CRC32 crc = new CRC32();
    crc.update(block, 0, block.length);
    return crc.getValue();
  }
}
