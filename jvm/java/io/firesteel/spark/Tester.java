// SPDX-License-Identifier: Apache-2.0
package io.firesteel.spark;

import com.fasterxml.jackson.databind.JsonNode;
import io.firesteel.FiresteelException;
import io.firesteel.Model;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.IntPredicate;
import org.apache.spark.Partition;
import org.apache.spark.SparkContext;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.rdd.RDD;

/**
 * Evaluates on the workers of a fit. A plain Spark job would wait for a frozen executor until Spark
 * itself gives it up (two minutes by default); here the blocks go to the workers that answer.
 */
final class Tester {
  private static final int ROUNDS = 10;
  private static final int ROUND_MS = 3_600_000;

  private final SparkContext sc;
  private final Cluster cluster;
  private final FitPlan plan;

  Tester(SparkContext sc, Cluster cluster, FitPlan plan) {
    this.sc = sc;
    this.cluster = cluster;
    this.plan = plan;
  }

  JsonNode run(Model model, String spec) {
    RDD<byte[]> blocks = plan.test.rdd();
    TreeMap<Integer, JsonNode> sums = new TreeMap<>();
    TreeSet<Integer> missing = new TreeSet<>();
    for (Partition block : blocks.partitions()) {
      missing.add(block.index());
    }
    SharedModel shared = SharedModel.of(JavaSparkContext.fromSparkContext(sc), model);
    EvalTask task = new EvalTask(shared, spec);
    String reason = "";
    try {
      for (int round = 0; round < ROUNDS; round++) {
        boolean anywhere = round == 0 && !cluster.anySilent();
        List<Seat> seats = anywhere ? anywhere(blocks, missing) : pinned(blocks, missing);
        PinnedJob job = run(new PinnedRdd(blocks, true, seats), task, seats);
        for (Reply reply : job.replies.values()) {
          if (reply.ok()) {
            reply.report().fields().forEachRemaining(one -> sums.put(Integer.valueOf(one.getKey()), one.getValue()));
          } else if (reply.status == Reply.Status.USER_ERROR) {
            throw new IllegalArgumentException(reply.text);
          } else {
            reason = reply.executor + ": " + reply.text;
          }
        }
        missing.removeAll(sums.keySet());
        if (missing.isEmpty()) {
          return Evaluation.figures(sums.values(), spec);
        }
        cluster.recheck(new ArrayList<>(), cluster.members());
      }
    } finally {
      shared.release();
    }
    throw new FiresteelException(
        "evaluation: gave up after " + ROUNDS + " attempts; the last one failed because of executor " + reason);
  }

  /** Spark looks for the executors that keep the blocks; nobody is known to be frozen. */
  private static List<Seat> anywhere(RDD<byte[]> blocks, Set<Integer> missing) {
    List<Seat> seats = new ArrayList<>();
    for (int block : missing) {
      Partition[] parents = {blocks.partitions()[block]};
      seats.add(new Seat(seats.size(), null, null, new int[] {block}, parents));
    }
    return seats;
  }

  /** Each member gets a share of the blocks. */
  private List<Seat> pinned(RDD<byte[]> blocks, Set<Integer> missing) {
    List<Worker> members = cluster.members();
    List<Integer> all = new ArrayList<>(missing);
    List<Seat> seats = new ArrayList<>();
    for (int m = 0; m < Math.min(members.size(), all.size()); m++) {
      int count = (all.size() - m + members.size() - 1) / members.size();
      int[] share = new int[count];
      Partition[] parents = new Partition[count];
      for (int i = 0; i < count; i++) {
        share[i] = all.get(m + i * members.size());
        parents[i] = blocks.partitions()[share[i]];
      }
      Worker member = members.get(m);
      seats.add(new Seat(m, member.executor, member.sparkHost, share, parents));
    }
    return seats;
  }

  private PinnedJob run(PinnedRdd rdd, EvalTask task, List<Seat> seats) {
    List<Worker> members = cluster.members();
    try (Pulse pulse = new Pulse(members, plan.peerDeadlineMs)) {
      IntPredicate lost =
          seat ->
              members.stream()
                  .filter(m -> seats.get(seat).executor == null || seats.get(seat).executor.equals(m.executor))
                  .anyMatch(m -> cluster.isRemoved(m) || pulse.isSilent(m));
      return Turn.take(() -> PinnedJob.each(sc, "Firesteel: evaluation", rdd, task, ROUND_MS, lost));
    }
  }
}
