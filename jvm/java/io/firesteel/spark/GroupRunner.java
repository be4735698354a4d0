// SPDX-License-Identifier: Apache-2.0
package io.firesteel.spark;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.firesteel.FiresteelException;
import io.firesteel.Model;
import io.firesteel.internal.Buffers;
import io.firesteel.internal.Json;
import io.firesteel.internal.Native;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntPredicate;
import org.apache.spark.Partition;
import org.apache.spark.SparkContext;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;

/** Brings the members to a group's start and runs the group, each as one Spark job. */
final class GroupRunner {
  private static final int PREPARE_MS = 600_000;
  private static final int END_MS = 3_000;

  private final SparkContext sc;
  private final Cluster cluster;
  private final FitPlan plan;
  private final boolean needsNorms;
  private final String spec;
  private final String name;
  private final byte[] key = new byte[32];
  private String fitId;
  private String endedFitId;
  private Broadcast<byte[]> state;
  private int restarts;
  private long serial;
  private long membership;
  private long group;

  GroupRunner(SparkContext sc, Cluster cluster, FitPlan plan, String spec, boolean needsNorms, String name) {
    this.sc = sc;
    this.cluster = cluster;
    this.plan = plan;
    this.spec = spec;
    this.needsNorms = needsNorms;
    this.name = name;
    this.fitId = name;
    new SecureRandom().nextBytes(key);
  }

  /** The fit goes on from a state that the driver holds, under a new id. */
  void restart(Checkpoints.State from) {
    endedFitId = fitId;
    Native.endFit(fitId + ".driver");
    fitId = name + "." + ++restarts;
    begin(from);
    cluster.renew(fitId);
  }

  void begin(Checkpoints.State from) {
    if (state != null) {
      state.unpersist(false);
    }
    state = JavaSparkContext.fromSparkContext(sc).broadcast(from.bytes);
    changed();
  }

  /** The members are others, or may have lost each other: connections are made anew. */
  void changed() {
    membership++;
  }

  /** Gives each member the fit and the shards it lacks; an outcome with trouble when one failed. */
  GroupOutcome prepare() {
    List<Worker> members = cluster.members();
    JsonNode shares = Json.parse(Native.assign(spec, members.size()));
    Partition[] blocks = plan.data.rdd.rdd().partitions();
    List<Seat> seats = new ArrayList<>();
    List<Worker> seated = new ArrayList<>();
    for (int rank = 0; rank < members.size(); rank++) {
      Worker worker = members.get(rank);
      int[] lacking = lacking(worker, shares.get(rank).get("shards"));
      if (worker.hasFit && lacking.length == 0) {
        continue;
      }
      seats.add(Seat.on(seats.size(), worker, lacking, blocks));
      seated.add(worker);
    }
    if (seats.isEmpty()) {
      return new GroupOutcome();
    }
    PinnedRdd rdd = new PinnedRdd(plan.data.rdd.rdd(), true, seats);
    PrepareTask task =
        new PrepareTask(
            fitId, endedFitId, spec, key, state, ShippedPlugins.of(sc), plan.data, cluster.anySilent());
    PinnedJob job;
    try (Pulse pulse = new Pulse(members, plan.peerDeadlineMs)) {
      IntPredicate lost =
          seat -> cluster.isRemoved(seated.get(seat)) || pulse.isSilent(seated.get(seat));
      job =
          Turn.take(
              () -> PinnedJob.each(sc, "Firesteel: shards to workers", rdd, task, PREPARE_MS, lost));
    }
    job.replies.forEach(
        (seat, reply) -> {
          if (reply.ok()) {
            seated.get(seat).hasFit = true;
            for (int shard : seats.get(seat).shards) {
              seated.get(seat).shards.add(shard);
            }
          }
        });
    // Copies on executors go: whoever joins later reads from the driver, never from one that is frozen.
    state.unpersist(false);
    return GroupOutcome.of(job, seated);
  }

  private static int[] lacking(Worker worker, JsonNode range) {
    List<Integer> lacking = new ArrayList<>();
    for (int shard = range.get(0).asInt(); shard < range.get(1).asInt(); shard++) {
      if (!worker.shards.contains(shard)) {
        lacking.add(shard);
      }
    }
    return lacking.stream().mapToInt(Integer::intValue).toArray();
  }

  /** observed: the results [step, value] of validation so far that the schedule watches. */
  GroupOutcome run(
      long firstStep, int steps, boolean wantState, boolean wantModel, boolean wantHash, ArrayNode observed,
      double dropAfterS) {
    List<Worker> members = cluster.members();
    ObjectNode json = Json.object().put("group", group).put("membership", membership);
    json.put("first_step", firstStep).put("steps", steps).put("want_state", wantState);
    json.put("want_weights_sha256", wantHash).put("want_model", wantModel);
    json.set("observed", observed);
    json.put("drop_after_s", dropAfterS);
    json.put("head_start", plan.group != 1); // a job for each iteration is there to be compared with
    json.put("form_deadline_ms", plan.formDeadlineMs).put("peer_deadline_ms", plan.peerDeadlineMs);
    JsonNode shares = Json.parse(Native.assign(spec, members.size()));
    ArrayNode peers = json.putArray("peers");
    ArrayNode lanes = json.putArray("lanes");
    List<Seat> seats = new ArrayList<>();
    for (int rank = 0; rank < members.size(); rank++) {
      Worker worker = members.get(rank);
      peers.addObject().put("id", worker.executor).put("host", worker.host).put("port", worker.port);
      lanes.add(shares.get(rank).get("lanes"));
      seats.add(Seat.on(rank, worker));
    }
    int local = cluster.placement().localThreads();
    serial++;
    GroupOutcome outcome;
    if (plan.sync == Sync.P2P || members.size() == 1) {
      int[] joiners = cluster.placement().joiners(members, plan.threads);
      GroupTask task =
          new GroupTask(fitId, serial, json.toString(), local, plan.threads, joiners, wantState, wantModel);
      String title = "Firesteel: iterations " + (firstStep + 1) + " to " + (firstStep + steps);
      outcome = GroupOutcome.of(together(title, seats, members, task, joiners), members);
    } else {
      CarriedTask.Group carried =
          new CarriedTask.Group(
              fitId, serial, json.toString(), members.size(), local, plan.threads,
              plan.sync == Sync.DRIVER, needsNorms);
      carried.wantState = wantState;
      carried.wantModel = wantModel;
      outcome =
          new CarriedGroup(
                  JavaSparkContext.fromSparkContext(sc), carried, members,
                  (title, task) ->
                      together("Firesteel: " + title, seats, members, task, new int[members.size()]),
                  plan.sync == Sync.DRIVER ? owner() : null)
              .run(steps);
    }
    if (outcome.ok) {
      group++;
    }
    return outcome;
  }

  @SuppressWarnings("try") // they watch, and help, by being there
  private PinnedJob together(
      String title, List<Seat> seats, List<Worker> members, PinnedTask task, int[] joiners) {
    PinnedRdd rdd = new PinnedRdd(plan.data.rdd.rdd(), false, seats);
    cluster.placement().holdCores(rdd, members, plan.threads);
    return Turn.take(
        () -> {
          try (JoinJob others = join(title, members, joiners);
              Pulse pulse = new Pulse(members, plan.peerDeadlineMs, false)) {
            return PinnedJob.together(
                sc, title, rdd, task, plan.formDeadlineMs, rank -> cluster.isRemoved(members.get(rank)),
                rank -> pulse.isSilent(members.get(rank)));
          }
        });
  }

  /** Null where no executor has slots beside that of its leading task. */
  private JoinJob join(String title, List<Worker> members, int[] joiners) {
    List<Seat> seats = new ArrayList<>();
    for (int rank = 0; rank < members.size(); rank++) {
      for (int i = 0; i < joiners[rank]; i++) {
        seats.add(Seat.on(seats.size(), members.get(rank)));
      }
    }
    if (seats.isEmpty()) {
      return null;
    }
    PinnedRdd rdd = new PinnedRdd(plan.data.rdd.rdd(), false, seats);
    return new JoinJob(sc, title + ", more threads", rdd, new JoinTask(fitId, serial));
  }

  /** The fit in the driver's own worker, which sums what workers compute; it begins as they do. */
  private String owner() {
    String id = fitId + ".driver";
    if (!Native.hasFit(id)) {
      Native.beginFit(id, spec, Buffers.direct(state.value()), key);
    }
    return id;
  }

  /** Frees what the fit holds on the workers; those that don't answer keep it until they end. */
  void end() {
    if (state == null || sc.isStopped()) {
      return;
    }
    state.unpersist(false);
    Native.endFit(fitId + ".driver");
    List<Seat> seats = new ArrayList<>();
    for (Worker worker : cluster.members()) {
      seats.add(Seat.on(seats.size(), worker));
    }
    if (!seats.isEmpty()) {
      PinnedRdd rdd = new PinnedRdd(plan.data.rdd.rdd(), false, seats);
      try {
        PinnedJob.each(sc, "Firesteel: end", rdd, new EndTask(fitId), END_MS, seat -> false);
      } catch (FiresteelException e) {
        // Cancelled or stopped: the fit's own error says so, or its result is there already.
      }
    }
  }

  /** The model inside a state, taken out by the driver's own worker. */
  Model modelOf(Checkpoints.State from) {
    String id = name + ".model";
    Native.beginFit(id, spec, Buffers.direct(from.bytes), key);
    try {
      return new Model(Native.model(id));
    } finally {
      Native.endFit(id);
    }
  }
}
