// SPDX-License-Identifier: Apache-2.0
package io.firesteel.spark;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.firesteel.internal.Json;
import io.firesteel.internal.Native;
import io.firesteel.spark.CarriedTask.Phase;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.function.BiFunction;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;

/**
 * The driver's side of a group whose numbers Spark carries. Each iteration is one job (through the
 * driver) or two (through the block manager; three where gradients are clipped by their norm); two
 * more jobs bring everybody the whole state at the end, so that any survivor is a checkpoint.
 */
final class CarriedGroup {
  /** Runs one job of the group and says what became of it. */
  interface Jobs extends BiFunction<String, CarriedTask, PinnedJob> {}

  private final JavaSparkContext sc;
  private final CarriedTask.Group group;
  private final List<Worker> members;
  private final Jobs jobs;
  private final String owner; // the fit in the driver's own worker that sums, or null
  private final double[] compute;
  private double loop;
  private Broadcast<byte[][]> fromDriver;
  private GroupOutcome trouble; // of the first job that failed

  CarriedGroup(
      JavaSparkContext sc, CarriedTask.Group group, List<Worker> members, Jobs jobs, String owner) {
    this.sc = sc;
    this.group = group;
    this.members = members;
    this.jobs = jobs;
    this.owner = owner;
    compute = new double[members.size()];
  }

  GroupOutcome run(int steps) {
    try {
      List<Reply> begun = job(Phase.BEGIN, 0, null);
      if (begun == null || !everybodyHasTheState(begun)) {
        return trouble;
      }
      if (owner != null && !Native.beginCarried(owner, ownersJson())) {
        return withoutState();
      }
      for (int step = 0; step < steps; step++) {
        List<Reply> computed = job(Phase.COMPUTE, step, null);
        if (computed == null || !sum(step, computed)) {
          return trouble;
        }
      }
      return end(steps);
    } finally {
      if (fromDriver != null) {
        fromDriver.unpersist(false);
      }
    }
  }

  /** Gives it to those that lack it. */
  private boolean everybodyHasTheState(List<Reply> begun) {
    int holder = -1;
    List<Integer> lacking = new ArrayList<>();
    for (int rank = 0; rank < begun.size(); rank++) {
      if (begun.get(rank).report().path("found").asBoolean()) {
        holder = holder < 0 ? rank : holder;
      } else {
        lacking.add(rank);
      }
    }
    if (holder < 0) {
      withoutState();
      return false;
    }
    if (lacking.isEmpty()) {
      return true;
    }
    if (on(Phase.GIVE_STATE, Collections.singletonList(holder)) == null) {
      return false;
    }
    List<Reply> restored = on(Phase.RESTORE, lacking);
    if (restored != null && restored.stream().allMatch(reply -> reply.report().path("found").asBoolean())) {
      return true;
    }
    if (trouble == null) {
      withoutState();
    }
    return false;
  }

  private GroupOutcome withoutState() {
    trouble = new GroupOutcome();
    trouble.ok = false;
    trouble.noState = true;
    trouble.noticedNs = System.nanoTime();
    trouble.reason = "no worker has the state at the group's start";
    return trouble;
  }

  private boolean sum(int step, List<Reply> computed) {
    for (int rank = 0; rank < computed.size(); rank++) {
      compute[rank] += computed.get(rank).report().path("compute_s").asDouble();
    }
    if (owner != null) {
      long startNs = System.nanoTime();
      byte[][] gradients = computed.stream().map(reply -> reply.state).toArray(byte[][]::new);
      byte[][] squares = {Native.sumCarried(owner, gradients, 0, 1)};
      byte[] parameters = Native.updateCarried(owner, squares, 0, 1);
      Native.takeParameters(owner, new byte[][] {parameters});
      broadcast(parameters, null);
      loop += (System.nanoTime() - startNs) / 1e9;
      return true;
    }
    List<Reply> summed = job(Phase.SUM, step, null);
    if (summed == null || !group.needsNorms) {
      return summed != null;
    }
    return job(Phase.UPDATE, step, summed.stream().map(reply -> reply.state).toArray(byte[][]::new)) != null;
  }

  private void broadcast(byte[] parameters, byte[] optimizer) {
    if (fromDriver != null) {
      fromDriver.destroy(false);
    }
    fromDriver = sc.broadcast(new byte[][] {parameters, optimizer});
  }

  private GroupOutcome end(int steps) {
    if (job(Phase.FINISH, steps, null) == null) {
      return trouble;
    }
    if (owner != null) {
      broadcast(null, Native.carriedOptimizer(owner, 0, 1));
    }
    PinnedJob last = jobs.apply("end", new CarriedTask(group, Phase.END, steps, fromDriver, null));
    GroupOutcome outcome = GroupOutcome.of(last, members);
    if (!outcome.ok) {
      return outcome;
    }
    JsonNode totals = outcome.reports.get(0);
    if (owner != null) {
      totals = Json.parse(Native.endCarried(owner, ownersJson()));
    }
    for (int rank = 0; rank < outcome.reports.size(); rank++) {
      ObjectNode report = (ObjectNode) outcome.reports.get(rank);
      // The driver alone has seen the sums where it makes them.
      for (String figure : new String[] {"samples", "loss", "metrics"}) {
        report.set(figure, totals.get(figure));
      }
      report.put("loop_s", loop).put("compute_s", compute[rank]).put("sync_exposed_s", loop - compute[rank]);
    }
    return outcome;
  }

  private String ownersJson() {
    ObjectNode json = Json.parseObject(group.json).put("rank", 0).put("threads", 1);
    return json.put("want_weights_sha256", false).toString();
  }

  /** A job of all workers: their replies by rank, or null when one failed. */
  private List<Reply> job(Phase phase, long step, byte[][] squares) {
    String title = phase.name().toLowerCase(Locale.ROOT);
    return replies(jobs.apply(title, new CarriedTask(group, phase, step, fromDriver, squares)));
  }

  /** A job of all workers of which only some have something to do. */
  private List<Reply> on(Phase phase, List<Integer> ranks) {
    String title = phase.name().toLowerCase(Locale.ROOT);
    CarriedTask task = new CarriedTask(group, phase, 0, null, null).only(ranks);
    List<Reply> replies = replies(jobs.apply(title, task));
    if (replies == null) {
      return null;
    }
    List<Reply> chosen = new ArrayList<>();
    ranks.forEach(rank -> chosen.add(replies.get(rank)));
    return chosen;
  }

  private List<Reply> replies(PinnedJob job) {
    GroupOutcome outcome = GroupOutcome.of(job, members);
    if (!outcome.ok) {
      trouble = outcome;
      return null;
    }
    List<Reply> replies = new ArrayList<>(job.replies.values());
    loop += replies.stream().mapToDouble(reply -> reply.report().path("task_s").asDouble()).max().orElse(0);
    return replies;
  }
}
