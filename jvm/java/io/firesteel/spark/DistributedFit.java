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
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;
import org.apache.spark.SparkContext;

/**
 * The driver of a fit: group after group of iterations, each one Spark job. A group that lost a
 * worker is run again from its start on the workers that still answer; newcomers join between
 * groups. Trainer.fit and Main are both built on it.
 */
final class DistributedFit {
  private static final int MOST_TROUBLES = 10; // in a row, without a group that ran to its end
  private static final int MOST_UNCONNECTED = 2;
  private static final long CHECKPOINT_EVERY_NS = 60_000_000_000L;
  // How much of its work a worker without others may lose; its state travels to the driver. More where
  // that takes long: it is to cost no more than so much of the time.
  private static final double HOLD_EVERY_S = 15;
  private static final double HOLD_SHARE = 0.01;

  private final SparkContext sc;
  private final FitPlan plan;
  private final FitEvents events;
  private final Narrator narrator;
  private final Summaries summaries; // or null
  private final Report report; // or null
  private final String name = "fit-" + UUID.randomUUID();
  private final FitClock clock = new FitClock();
  private final Recoveries recoveries = new Recoveries();
  private final GroupSize sizes;
  private final Checkpoints checkpoints; // or null

  private Cluster cluster;
  private GroupRunner runner;
  private Tester tester;
  private final List<SpareExecutors> spares = new ArrayList<>(); // for the training set, and the test set
  private String spec; // resolved
  private boolean needsNorms; // updates wait for sums over all workers
  private long validateEvery; // epochs; 0: at the end alone
  private boolean watches; // results of epochs, for the schedule or to end before the last one
  private boolean stops; // whether to ask after each epoch
  private int keep; // checkpoints
  private Stragglers stragglers;
  private ArrayNode observed = Json.array(); // of [step, results]
  private long stepsPerEpoch;
  private long total;
  private long batchSize;
  private int usable; // workers that have a part of each batch
  private long step;
  private Checkpoints.State held; // the newest state that the driver has itself
  private long heldNs = System.nanoTime();
  private double holdS; // what the newest one took
  private long checkpointNs = System.nanoTime();
  private int troubles;
  private int unconnected; // in a row, with nobody gone
  private double loss;
  private int threads; // of the worker with the fewest, in the newest group
  private String weightsSha256 = "";
  private Model fitted;
  private JsonNode tested;

  DistributedFit(SparkContext sc, FitPlan plan, FitEvents events) {
    Native.require();
    this.sc = sc;
    this.plan = plan;
    narrator = new Narrator(this::told);
    this.events = events;
    report = plan.report == null ? null : new Report(plan.report, sc.hadoopConfiguration(), narrator::note);
    summaries =
        plan.summaryDir == null ? null : new Summaries(plan.summaryDir, sc.hadoopConfiguration(), narrator::note);
    sizes = new GroupSize(plan.group);
    checkpoints =
        plan.checkpointDir == null ? null : new Checkpoints(plan.checkpointDir, sc.hadoopConfiguration(), narrator::note);
  }

  FitResult run() {
    plan.spec.put("encrypt", plan.spec.path("encrypt").asBoolean() || Encryption.bySpark(sc.getConf()));
    resolve(); // errors of the user are found before the first job
    ShardMemory.check(sc.getConf());
    plan.sync.check(plan.spec);
    if (plan.sync != Sync.P2P && plan.spec.path("drop_slowest").asDouble() > 0) {
      throw new IllegalArgumentException("drop_slowest: needs sync p2p, got " + plan.sync);
    }
    try (Cluster workers = cluster();
        Reservation room = Reservation.of(sc, workers.placement()::registeredExecutors, usable)) {
      cluster = workers;
      cluster.discover();
      if (room != null) {
        room.begun();
      }
      if (plan.spec.path("reproducible").asBoolean() && plan.spec.path("isa").asText().isEmpty()) {
        plan.spec.put("isa", Isa.lowest(cluster.members()));
        resolve();
      }
      MemoryAdvice.check(
          sc, spec, plan.model, plan.data, Math.min(usable, cluster.members().size()),
          cluster.placement().threads(cluster.members(), plan.threads));
      cluster.pin(plan.spec.path("isa").asText());
      narrator.start(plan, cluster.members().size(), sc.version());
      String sniffing = Encryption.note(sc);
      if (sniffing != null) {
        narrator.note(sniffing);
      }
      if (plan.spec.path("dtype").asText().equals("bf16")) {
        String note = Isa.noteOnBf16(cluster.members(), plan.spec.path("isa").asText());
        if (note != null) {
          narrator.note(note);
        }
      }
      runner = new GroupRunner(sc, cluster, plan, spec, needsNorms, name);
      tester = new Tester(sc, cluster, plan);
      if (room != null) { // Spark takes executors back
        spares.add(new SpareExecutors(sc, cluster, plan.data.rdd.rdd(), plan.data.copied ? 2 : 1));
        if (plan.test != null) {
          spares.add(new SpareExecutors(sc, cluster, plan.test.rdd(), 1));
        }
      }
      held = firstState();
      step = held.step;
      runner.begin(held);
      try {
        while (step < total) {
          advance();
        }
        FitResult found = result();
        if (checkpoints != null) {
          checkpoints.close();
        }
        if (report != null) {
          report.event(found.figures.deepCopy().put("event", "end"));
        }
        return found;
      } finally {
        runner.end();
        if (summaries != null) {
          summaries.close();
        }
        if (report != null) {
          report.close();
        }
      }
    } finally {
      if (checkpoints != null) {
        checkpoints.close();
      }
    }
  }

  private void told(ObjectNode event) {
    if (summaries != null) {
      summaries.event(event);
    }
    if (report != null) {
      report.event(event);
    }
    events.event(event);
  }

  private Cluster cluster() {
    return new Cluster(sc, plan, name, usable, narrator::note);
  }

  private void resolve() {
    plan.spec.set("shard_rows", Json.of(plan.data.rows));
    if (plan.data.weights != null) {
      ArrayNode weights = plan.spec.putArray("shard_weights");
      for (double weight : plan.data.weights) {
        weights.add(weight);
      }
    }
    JsonNode resolved = Json.parse(
        Native.resolveFit(plan.spec.toString(), plan.model.direct(), plan.test != null));
    spec = resolved.path("spec").toString();
    needsNorms = resolved.path("needs_norms").asBoolean();
    validateEvery = resolved.path("spec").path("validate_every").asLong(1);
    watches = resolved.path("watched").size() > 0;
    stops = resolved.path("stops").asBoolean();
    stragglers = new Stragglers(resolved.path("spec"));
    keep = resolved.path("spec").path("checkpoint_keep").asInt(1);
    if (checkpoints == null && !resolved.path("spec").path("checkpoint_best").asText().isEmpty()) {
      throw new IllegalArgumentException("checkpointBest: needs checkpointDir, a directory for checkpoints");
    }
    batchSize = Math.max(1, resolved.path("spec").path("batch_size").asLong());
    stepsPerEpoch = Math.max(1, resolved.path("steps_per_epoch").asLong());
    total = resolved.path("iterations").asLong();
    usable = Math.max(1, Math.min(resolved.path("lanes").asInt(), plan.data.count()));
    narrator.totals(stepsPerEpoch, total, clock);
  }

  private Checkpoints.State firstState() {
    Checkpoints.State newest = checkpoints != null && plan.resume ? checkpoints.newest() : null;
    if (newest == null) {
      return new Checkpoints.State(0, plan.model.bytes());
    }
    narrator.note("resumed after iteration " + newest.step);
    observed = (ArrayNode) Json.parse(Native.observedIn(Buffers.direct(newest.bytes)));
    endIfTold(newest.step, "has ended");
    return newest;
  }

  /** One group, or one step towards being able to run it. */
  private void advance() {
    List<Worker> joined = cluster.join();
    if (!joined.isEmpty()) {
      narrator.note("joined: " + names(joined) + "; " + cluster.members().size() + " workers");
      runner.changed();
    }
    if (cluster.anyRemoved()) { // no need to find out by a group's deadline
      long noticedNs = System.nanoTime();
      List<Worker> gone = cluster.recheck(new ArrayList<>(), new ArrayList<>());
      String where = "lost " + names(gone) + " between groups";
      recoveries.trouble(step, 0, gone, where, noticedNs, 0);
      narrator.note(where + "; " + cluster.members().size() + " workers");
      runner.changed();
    }
    long startNs = System.nanoTime();
    GroupOutcome prepared = runner.prepare();
    if (!prepared.ok) {
      recover(prepared, startNs, "shards could not be brought to the workers");
      return;
    }
    long epoch = step / stepsPerEpoch + 1;
    // Without anything to do after an epoch, a group goes on into the next: short epochs cost no jobs.
    int steps = sizes.next(Math.min(nextPause(epoch), total) - step);
    boolean last = step + steps == total;
    boolean endsEpoch = step + steps >= epoch * stepsPerEpoch;
    boolean saves =
        checkpoints != null
            && (last || endsEpoch || System.nanoTime() - checkpointNs > CHECKPOINT_EVERY_NS);
    startNs = System.nanoTime();
    double sinceHeldS = (startNs - heldNs) / 1e9;
    boolean alone =
        cluster.members().size() == 1 && !sc.isLocal()
            && sinceHeldS > Math.max(HOLD_EVERY_S, holdS / HOLD_SHARE);
    boolean validates = endsEpoch && validateEvery > 0 && (step + steps) / stepsPerEpoch % validateEvery == 0;
    boolean tests = (last || validates) && plan.test != null;
    boolean mayEnd = last || endsEpoch && (stops || summaries != null);
    GroupOutcome outcome =
        runner.run(step, steps, saves || alone, mayEnd || tests, mayEnd, observed, stragglers.afterS(step));
    if (!outcome.ok) {
      recover(outcome, startNs, "iterations " + (step + 1) + " to " + (step + steps) + " run again");
      return;
    }
    commit(outcome, steps, (System.nanoTime() - startNs) / 1e9);
    if (!last) {
      spares.forEach(SpareExecutors::free);
    }
    if (saves && !watches) {
      save(false);
    }
    if (last || endsEpoch) {
      tested = tests ? tester.run(fitted, spec) : null;
      ObjectNode results = narrator.epoch(step, tested, last);
      loss = results.path("loss").asDouble();
      observe(results);
      if (summaries != null && fitted != null) {
        summaries.histograms(fitted, step);
      }
    }
    if (saves && watches) { // with these results
      held = new Checkpoints.State(step, Native.withObserved(Buffers.direct(held.bytes), observed.toString()));
      save((last || endsEpoch) && Native.isBest(spec, observed.toString()));
    }
  }

  private void save(boolean best) {
    checkpoints.write(held, best, keep);
    checkpointNs = System.nanoTime();
  }

  /** After how many iterations there is something to do, from an epoch on. */
  private long nextPause(long epoch) {
    if (checkpoints != null || summaries != null || watches || stops) {
      return epoch * stepsPerEpoch;
    }
    boolean tests = plan.test != null && validateEvery > 0;
    return tests ? (epoch + validateEvery - 1) / validateEvery * validateEvery * stepsPerEpoch : total;
  }

  private void commit(GroupOutcome outcome, int steps, double seconds) {
    step += steps;
    troubles = 0;
    clock.group(outcome.reports, steps, seconds);
    JsonNode report = outcome.reports.get(0);
    stragglers.group(outcome.reports);
    recoveries.committed(report, steps);
    threads = outcome.reports.stream().mapToInt(r -> r.path("threads").asInt()).min().orElse(0);
    sizes.ran(steps, report.path("loop_s").asDouble());
    loss = report.path("loss").asDouble();
    if (report.has("observed")) { // also what a checkpoint knew
      observed = (ArrayNode) report.path("observed");
    }
    weightsSha256 = report.path("weights_sha256").asText(weightsSha256);
    if (outcome.state != null) {
      held = new Checkpoints.State(step, outcome.state);
      heldNs = System.nanoTime();
      holdS = Math.max(0, seconds - report.path("loop_s").asDouble());
    }
    if (outcome.model != null) {
      fitted = new Model(outcome.model);
    }
    narrator.data(outcome.reports);
    narrator.progress(step, steps, report, cluster.members().size());
  }

  /** Results of the epoch that ends here. */
  private void observe(ObjectNode epoch) {
    if (watches) {
      ObjectNode results = Json.object();
      epoch.fields().forEachRemaining(
          one -> {
            if (one.getValue().isNumber() && !one.getKey().equals("epoch") && !one.getKey().equals("iteration")) {
              results.set(one.getKey(), one.getValue());
            }
          });
      observed.add(Json.array().add(step).add(results));
    }
    endIfTold(step, "ends after epoch " + epoch.path("epoch").asLong());
  }

  /** No iteration follows this one where a trigger fires. */
  private void endIfTold(long after, String note) {
    if (stops && after < total && Native.stops(spec, after, observed.toString())) {
      narrator.note(note + ", as stop says");
      total = after;
    }
  }

  private void recover(GroupOutcome outcome, long startNs, String then) {
    if (++troubles > MOST_TROUBLES) {
      throw new FiresteelException(
          "training: gave up after " + MOST_TROUBLES + " attempts at iteration " + (step + 1)
              + "; the last one failed because " + outcome.reason);
    }
    if (troubles > 3) {
      pause(500L * (troubles - 3));
    }
    List<Worker> suspects = outcome.unconnected ? cluster.unanswering(outcome.suspects) : outcome.suspects;
    List<Worker> gone = cluster.recheck(suspects, outcome.late);
    unconnected = outcome.unconnected && gone.isEmpty() ? unconnected + 1 : 0;
    if (unconnected == MOST_UNCONNECTED) {
      goThroughSpark(outcome.reason);
      return;
    }
    long replayed = (outcome.samples + batchSize - 1) / batchSize;
    if (outcome.noState || gone.size() > 0 && cluster.members().stream().noneMatch(w -> w.hasFit)) {
      replayed += step - held.step;
      step = held.step;
      narrator.rewind();
      runner.restart(held);
      then = "no worker has the state, training goes on from iteration " + held.step;
    }
    runner.changed();
    long lostNs = outcome.noticedNs - startNs;
    recoveries.trouble(step, replayed, gone, outcome.reason, outcome.noticedNs, lostNs);
    narrator.note(
        (gone.isEmpty() ? outcome.reason : "lost " + names(gone) + " (" + outcome.reason + ")")
            + "; " + then + " on " + cluster.members().size() + " workers");
  }

  /** All are alive and cannot connect with each other: something between them forbids it. */
  private void goThroughSpark(String reason) {
    String why = "the workers live but cannot connect with each other (" + reason + ")";
    String remedy = "open the ports from spark.firesteel.port on between the executors";
    try {
      Sync.BLOCKMANAGER.check(plan.spec);
    } catch (IllegalArgumentException e) {
      throw new FiresteelException("training: " + why + ", and the way through Spark is closed, as "
          + e.getMessage() + "; " + remedy);
    }
    plan.sync = Sync.BLOCKMANAGER;
    step = held.step;
    narrator.rewind();
    runner.restart(held); // what workers have of the state is in parts
    narrator.note(why + "; goes on through Spark's block manager, which is slower; for speed, " + remedy);
  }

  private FitResult result() {
    if (fitted == null) {
      fitted = runner.modelOf(held);
    }
    ObjectNode figures = Json.object();
    if (tested == null && plan.test != null) {
      tested = tester.run(fitted, spec);
    }
    if (tested != null && tested.has("accuracy")) {
      figures.put("accuracy", tested.path("accuracy").asDouble());
      figures.put("test_loss", tested.path("loss").asDouble());
    }
    figures.put("loss", loss).put("workers", cluster.members().size()).put("iterations", step);
    clock.figures(figures);
    figures.put("dropped", stragglers.share());
    recoveries.figures(figures);
    figures.put("weights_sha256", weightsSha256);
    figures.put(
        "threads", threads > 0 ? threads : cluster.placement().threads(cluster.members(), plan.threads));
    figures.put("spark", sc.version());
    return new FitResult(fitted, figures);
  }

  private static String names(List<Worker> workers) {
    return workers.stream().map(Worker::toString).collect(Collectors.joining(", "));
  }

  private static void pause(long ms) {
    try {
      Thread.sleep(ms);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new FiresteelException("training: interrupted");
    }
  }
}
