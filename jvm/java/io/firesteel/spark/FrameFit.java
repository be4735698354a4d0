// SPDX-License-Identifier: Apache-2.0
package io.firesteel.spark;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.firesteel.Model;
import io.firesteel.data.Blocks;
import io.firesteel.internal.Json;
import io.firesteel.internal.Native;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.spark.SparkContext;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** One fit of a Trainer: parameters and rows in, a FitPlan out, run. */
final class FrameFit {
  private static final Set<String> CLASS_LOSSES = new HashSet<>(Arrays.asList("CrossEntropy", "ClassNLL"));

  private final Trainer trainer;
  private final Dataset<Row> data;
  private final Dataset<Row> validation; // or null
  private final String weights; // column of them, or null
  private final FitEvents events;
  private final ObjectNode spec = Json.object();

  FrameFit(Trainer trainer, Dataset<?> data, Dataset<?> validation, FitEvents events) {
    this.trainer = trainer;
    String weights = trainer.getOrDefault(trainer.samplingWeightCol());
    this.weights = weights.isEmpty() ? null : weights;
    this.data = columns(data, this.weights);
    this.validation = validation == null ? null : columns(validation, null);
    this.events = events != null ? events : event -> {};
  }

  private Dataset<Row> columns(Dataset<?> from, String more) {
    String label = trainer.getOrDefault(trainer.labelCol());
    return from.select(
        trainer.getOrDefault(trainer.featuresCol()),
        more == null || more.equals(label) ? new String[] {label} : new String[] {label, more});
  }

  FitResult run() {
    Native.require();
    SparkContext sc = data.sparkSession().sparkContext();
    FitPlan plan = new FitPlan();
    plan.sync = Sync.of(trainer.getOrDefault(trainer.sync()), spec);
    plan.spec = spec();
    plan.group = (int) trainer.getOrDefault(trainer.group());
    plan.threads = (int) trainer.getOrDefault(trainer.threads());
    plan.formDeadlineMs = (int) trainer.getOrDefault(trainer.formDeadlineMs());
    plan.peerDeadlineMs = (int) trainer.getOrDefault(trainer.peerDeadlineMs());
    plan.resume = (boolean) trainer.getOrDefault(trainer.resume());
    String directory = trainer.getOrDefault(trainer.checkpointDir());
    plan.checkpointDir = directory.isEmpty() ? null : directory;
    String report = trainer.getOrDefault(trainer.report());
    plan.report = report.isEmpty() ? null : report;
    String summary = trainer.getOrDefault(trainer.summaryDir());
    plan.summaryDir = summary.isEmpty() ? null : summary;

    RowCheck.Policy badRows = RowCheck.Policy.of(trainer.getOrDefault(trainer.onBadRow()));
    plan.model = shaped(model(), badRows);
    RowPacker packer = packer(data, plan.model, weights);
    long[] shape = plan.model.inputShape();
    boolean keep = (boolean) trainer.getOrDefault(trainer.keepPartitions());
    long[] good = goodRows(data, packer, badRows, "training data");
    int wanted = (int) trainer.getOrDefault(trainer.shards());
    int shards =
        wanted > 0 ? wanted : ShardBuilder.shardsFor(good, packer, Native.defaultShards(spec.toString()));
    plan.data =
        keep
            ? ShardBuilder.keepPartitions(data.javaRDD(), packer, shape)
            : ShardBuilder.deal(data.javaRDD(), good, packer, shape, shards);
    JavaRDD<byte[]> testBlocks = null;
    try {
      if (validation != null) {
        RowPacker testPacker = packer(validation, plan.model, null);
        goodRows(validation, testPacker, badRows, "validation data");
        ShardSet test = ShardBuilder.keepPartitions(validation.javaRDD(), testPacker, shape);
        testBlocks = test.rdd;
        plan.test = testBlocks;
        plan.testRows = test.totalRows();
      }
      return new DistributedFit(sc, plan, events).run();
    } finally {
      plan.data.rdd.unpersist(false);
      if (testBlocks != null) {
        testBlocks.unpersist(false);
      }
    }
  }

  private ObjectNode spec() {
    spec.set("loss", Json.parse(trainer.getOrDefault(trainer.loss())));
    spec.set("optimizer", Json.parse(trainer.getOrDefault(trainer.optimizer())));
    String schedule = trainer.getOrDefault(trainer.schedule());
    if (!schedule.isEmpty()) {
      spec.set("schedule", Json.parse(schedule));
    }
    spec.set("metrics", Json.parse(trainer.getOrDefault(trainer.metrics())));
    spec.put("batch_size", (int) trainer.getOrDefault(trainer.batchSize()));
    int iterations = (int) trainer.getOrDefault(trainer.iterations());
    if (iterations > 0) {
      spec.put("iterations", iterations);
    } else {
      spec.put("epochs", (int) trainer.getOrDefault(trainer.epochs()));
    }
    spec.put("micro_batches", (int) trainer.getOrDefault(trainer.microBatches()));
    spec.put("seed", (long) trainer.getOrDefault(trainer.seed()));
    spec.put("reproducible", (boolean) trainer.getOrDefault(trainer.reproducible()));
    spec.put("sync_batch_norm", (boolean) trainer.getOrDefault(trainer.syncBatchNorm()));
    spec.put("dtype", trainer.getOrDefault(trainer.dtype()));
    spec.put("recompute", trainer.getOrDefault(trainer.recompute()));
    spec.put("thread_mode", trainer.getOrDefault(trainer.threadMode()));
    spec.put("validate_every", (int) trainer.getOrDefault(trainer.validateEvery()));
    String stop = trainer.getOrDefault(trainer.stop());
    if (!stop.isEmpty()) {
      spec.set("stop", Json.parse(stop));
    }
    spec.set("param_groups", Json.parse(trainer.getOrDefault(trainer.paramGroups())));
    spec.put("accumulate", (int) trainer.getOrDefault(trainer.accumulate()));
    spec.put("base_batch_size", (int) trainer.getOrDefault(trainer.baseBatchSize()));
    spec.put("ema_decay", (double) trainer.getOrDefault(trainer.emaDecay()));
    spec.put("clip_norm", (double) trainer.getOrDefault(trainer.clipNorm()));
    spec.put("clip_value", (double) trainer.getOrDefault(trainer.clipValue()));
    spec.put("outer_lr", (double) trainer.getOrDefault(trainer.outerLr()));
    spec.put("outer_momentum", (double) trainer.getOrDefault(trainer.outerMomentum()));
    spec.put("wire", trainer.getOrDefault(trainer.wire()));
    spec.put("error_feedback", (boolean) trainer.getOrDefault(trainer.errorFeedback()));
    spec.put("drop_slowest", (double) trainer.getOrDefault(trainer.dropSlowest()));
    spec.put("drop_most", (double) trainer.getOrDefault(trainer.dropMost()));
    spec.put("drop_warmup", (int) trainer.getOrDefault(trainer.dropWarmup()));
    spec.put("checkpoint_keep", (int) trainer.getOrDefault(trainer.checkpointKeep()));
    spec.put("checkpoint_best", trainer.getOrDefault(trainer.checkpointBest()));
    spec.put("encrypt", (boolean) trainer.getOrDefault(trainer.encrypt()));
    ArrayNode lossWeights = spec.putArray("loss_weights");
    for (double weight : trainer.getOrDefault(trainer.lossWeights())) {
      lossWeights.add(weight);
    }
    return spec;
  }

  private RowPacker packer(Dataset<Row> rows, Model model, String weight) {
    boolean classes = CLASS_LOSSES.contains(spec.path("loss").path("kind").asText());
    return new RowPacker(
        rows.schema(), trainer.getOrDefault(trainer.featuresCol()),
        trainer.getOrDefault(trainer.labelCol()), classes, model.inputShape(), model.padding(),
        weight);
  }

  private long[] goodRows(Dataset<Row> rows, RowPacker packer, RowCheck.Policy policy, String what) {
    return RowCheck.goodRows(
        rows.javaRDD(), packer, policy, what,
        note -> events.event(Json.object().put("event", "note").put("text", note)));
  }

  /** The number of features of the first row that has any. */
  private int width() {
    if (data.isEmpty()) {
      throw new IllegalArgumentException("training data: must have rows, got none");
    }
    Dataset<Row> features = data.select(trainer.getOrDefault(trainer.featuresCol()));
    List<Row> first = features.na().drop().takeAsList(1);
    if (first.isEmpty()) {
      throw new IllegalArgumentException("featuresCol: must not be null, got null in all rows");
    }
    return RowPacker.width(first.get(0).get(0));
  }

  private Model model() {
    if (!trainer.isSet(trainer.model())) {
      throw new IllegalArgumentException("model: must be set, for example by setModel(new Sequential(...))");
    }
    String text = trainer.getOrDefault(trainer.model());
    if (!text.startsWith("{")) {
      return new Model(Base64.getDecoder().decode(text));
    }
    return Model.create(text, (long) trainer.getOrDefault(trainer.seed()));
  }

  /** A model that has no input shape yet takes plain rows. Where bad rows are left out, the first tells nothing. */
  private Model shaped(Model model, RowCheck.Policy badRows) {
    long[] shape = model.inputShape();
    int width = width();
    if (shape == null) {
      return model.withInputShape(width);
    }
    boolean fits = badRows == RowCheck.Policy.SKIP || model.padding() != null || Blocks.numel(shape) == width;
    if (!fits) {
      throw new IllegalArgumentException(
          "featuresCol: the model wants " + Arrays.toString(shape) + " = " + Blocks.numel(shape)
              + " values in a row, got " + width);
    }
    return model;
  }
}
