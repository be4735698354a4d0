// SPDX-License-Identifier: Apache-2.0
package io.firesteel.spark;

import org.apache.spark.Partition;

/** A partition of a PinnedRdd: one task for one executor, with the shards that it is to read. */
final class Seat implements Partition {
  private static final long serialVersionUID = 1L;

  private final int index;
  final String executor; // null: any executor
  final String host;
  final int[] shards;
  final Partition[] parents; // of the data's RDD, one for each shard

  Seat(int index, String executor, String host, int[] shards, Partition[] parents) {
    this.index = index;
    this.executor = executor;
    this.host = host;
    this.shards = shards;
    this.parents = parents;
  }

  static Seat anywhere(int index) {
    return new Seat(index, null, null, new int[0], new Partition[0]);
  }

  /** partitions: all of the data's RDD. */
  static Seat on(int index, Worker worker, int[] shards, Partition[] partitions) {
    Partition[] parents = new Partition[shards.length];
    for (int i = 0; i < shards.length; i++) {
      parents[i] = partitions[shards[i]];
    }
    return new Seat(index, worker.executor, worker.sparkHost, shards, parents);
  }

  static Seat on(int index, Worker worker) {
    return on(index, worker.executor, worker.sparkHost);
  }

  static Seat on(int index, String executor, String host) {
    return new Seat(index, executor, host, new int[0], new Partition[0]);
  }

  @Override
  public int index() {
    return index;
  }

  @Override
  public int hashCode() {
    return index;
  }

  @Override
  public boolean equals(Object other) {
    return this == other;
  }
}
