// SPDX-License-Identifier: Apache-2.0
package io.firesteel.spark;

import io.firesteel.data.Blocks;
import java.util.List;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;

/** A training set cut into canonical shards: one block in each partition, with its rows and CRC. */
final class ShardSet {
  final JavaRDD<byte[]> rdd;
  final long[] rows;
  final long[] sums;
  final long bytes; // of all blocks
  final double[] weights; // sums of rows' weights, or null
  final boolean copied; // each block is kept on two executors

  ShardSet(JavaRDD<byte[]> rdd, long[] rows, long[] sums, long bytes, double[] weights, boolean copied) {
    this.rdd = rdd;
    this.rows = rows;
    this.sums = sums;
    this.bytes = bytes;
    this.weights = weights;
    this.copied = copied;
  }

  /** Shards that the driver has read; it sends each to the executors that need it. */
  static ShardSet ofBlocks(JavaSparkContext sc, List<byte[]> blocks) {
    long[] rows = new long[blocks.size()];
    long[] sums = new long[blocks.size()];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = Blocks.rows(blocks.get(i));
      sums[i] = PrepareTask.sum(blocks.get(i));
    }
    long bytes = blocks.stream().mapToLong(block -> block.length).sum();
    return new ShardSet(sc.parallelize(blocks, blocks.size()), rows, sums, bytes, null, false);
  }

  int count() {
    return rows.length;
  }

  long totalRows() {
    long total = 0;
    for (long n : rows) {
      total += n;
    }
    return total;
  }
}
