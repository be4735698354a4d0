// SPDX-License-Identifier: Apache-2.0
package io.firesteel.spark;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.spark.Partition;
import org.apache.spark.SparkContext;
import org.apache.spark.TaskContext;
import org.apache.spark.rdd.RDD;

/**
 * Executors that a fit has no use for. Under dynamic allocation Spark takes idle ones back, but none that holds
 * cached blocks; and those of the training set lie wherever it was read. So the members copy what only spare
 * executors hold, and these drop theirs. Blocks of others stay where they are.
 */
final class SpareExecutors {
  private static final int KEEP_MS = 120_000;
  private static final int DROP_MS = 20_000;
  private static final int MOST_TRIES = 3;

  private final SparkContext sc;
  private final Cluster cluster;
  private final RDD<byte[]> data;
  private final int copies;
  private int tries;
  private boolean done;

  /** copies: how many members are to hold each block of the data. */
  SpareExecutors(SparkContext sc, Cluster cluster, RDD<byte[]> data, int copies) {
    this.sc = sc;
    this.cluster = cluster;
    this.data = data;
    this.copies = copies;
  }

  /** Once, between groups, when there are as many members as the fit can use. */
  void free() {
    Map<String, String> spare = cluster.leftOut();
    if (done || !cluster.isFull() || spare.isEmpty() || tries >= MOST_TRIES) {
      return;
    }
    tries++;
    List<Worker> members = cluster.members();
    Map<String, List<Integer>> toKeep = new HashMap<>(); // by member
    members.forEach(member -> toKeep.put(member.executor, new ArrayList<>()));
    boolean held = false;
    int partitions = data.partitions().length;
    for (int i = 0; i < partitions; i++) {
      Set<String> holders = CachedBlocks.holders(data.id(), i);
      if (Collections.disjoint(holders, spare.keySet())) {
        continue;
      }
      held = true;
      int lacking = Math.min(copies, members.size());
      List<Worker> others = new ArrayList<>();
      for (Worker member : members) {
        if (holders.contains(member.executor)) {
          lacking--;
        } else {
          others.add(member);
        }
      }
      // First those that compute with it, then those with little to keep.
      int shard = i;
      others.sort(
          Comparator.comparing((Worker w) -> !w.shards.contains(shard))
              .thenComparing(w -> toKeep.get(w.executor).size()));
      others.stream().limit(Math.max(0, lacking)).forEach(w -> toKeep.get(w.executor).add(shard));
    }
    done = !held || keep(members, toKeep) && drop(spare, partitions);
  }

  private boolean keep(List<Worker> members, Map<String, List<Integer>> toKeep) {
    Partition[] parts = data.partitions();
    List<Seat> seats = new ArrayList<>();
    for (Worker member : members) {
      int[] shards = toKeep.get(member.executor).stream().mapToInt(Integer::intValue).toArray();
      if (shards.length > 0) {
        seats.add(Seat.on(seats.size(), member, shards, parts));
      }
    }
    return seats.isEmpty() || run("Firesteel: data of spare executors", true, seats, new KeepTask(), KEEP_MS);
  }

  private boolean drop(Map<String, String> spare, int partitions) {
    List<Seat> seats = new ArrayList<>();
    spare.forEach((executor, host) -> seats.add(Seat.on(seats.size(), executor, host)));
    DropTask task = new DropTask(data.id(), partitions);
    return run("Firesteel: spare executors", false, seats, task, DROP_MS);
  }

  private boolean run(
      String title, boolean reads, List<Seat> seats, PinnedTask task, int deadlineMs) {
    PinnedRdd rdd = new PinnedRdd(data, reads, seats);
    PinnedJob job =
        Turn.take(
            () ->
                PinnedJob.each(
                    sc, title, rdd, task, deadlineMs, seat -> cluster.isRemoved(seats.get(seat).executor)));
    return job.replies.size() == seats.size() && job.replies.values().stream().allMatch(Reply::ok);
  }

  /** Copies the seat's blocks to this executor. */
  private static final class KeepTask extends PinnedTask {
    private static final long serialVersionUID = 1L;

    @Override
    Reply run(TaskContext context, PinnedRdd.Feed feed, String here) {
      for (int i = 0; i < feed.seat.shards.length; i++) {
        feed.keep(i);
      }
      return new Reply(Reply.Status.OK, here, "");
    }
  }

  private static final class DropTask extends PinnedTask {
    private static final long serialVersionUID = 1L;
    private final int rddId;
    private final int partitions;

    DropTask(int rddId, int partitions) {
      this.rddId = rddId;
      this.partitions = partitions;
    }

    @Override
    Reply run(TaskContext context, PinnedRdd.Feed feed, String here) {
      for (int i = 0; i < partitions; i++) {
        CachedBlocks.drop(rddId, i);
      }
      return new Reply(Reply.Status.OK, here, "");
    }
  }
}
