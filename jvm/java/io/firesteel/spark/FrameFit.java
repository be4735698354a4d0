// SPDX-License-Identifier: Apache-2.0
package io.firesteel.spark;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.firesteel.Model;
import io.firesteel.data.Blocks;
import io.firesteel.internal.Json;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashSet;
import java.util.Set;
import org.apache.spark.SparkContext;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** One fit of a Trainer: parameters and rows in, a FitPlan out, run. */
final class FrameFit {
  private static final int SHARDS = 16;
  private static final Set<String> CLASS_LOSSES = new HashSet<>(Arrays.asList("CrossEntropy", "ClassNLL"));

  private final Trainer trainer;
  private final Dataset<Row> data;
  private final Dataset<Row> validation; // or null
  private final FitEvents events;
  private final ObjectNode spec = Json.object();

  FrameFit(Trainer trainer, Dataset<?> data, Dataset<?> validation, FitEvents events) {
    this.trainer = trainer;
    this.data = columns(data);
    this.validation = validation == null ? null : columns(validation);
    this.events = events != null ? events : event -> {};
  }

  private Dataset<Row> columns(Dataset<?> from) {
    return from.select(
        trainer.getOrDefault(trainer.featuresCol()), trainer.getOrDefault(trainer.labelCol()));
  }

  FitResult run() {
    SparkContext sc = data.sparkSession().sparkContext();
    FitPlan plan = new FitPlan();
    plan.spec = spec();
    plan.epochs = (int) trainer.getOrDefault(trainer.epochs());
    plan.iterations = (int) trainer.getOrDefault(trainer.iterations());
    plan.group = (int) trainer.getOrDefault(trainer.group());
    plan.threads = (int) trainer.getOrDefault(trainer.threads());
    plan.formDeadlineMs = (int) trainer.getOrDefault(trainer.formDeadlineMs());
    plan.peerDeadlineMs = (int) trainer.getOrDefault(trainer.peerDeadlineMs());
    plan.resume = (boolean) trainer.getOrDefault(trainer.resume());
    String directory = trainer.getOrDefault(trainer.checkpointDir());
    plan.checkpointDir = directory.isEmpty() ? null : directory;

    int width = width();
    plan.model = model(width);
    RowPacker packer = packer(data, width);
    long[] shape = shape(plan.model, width);
    boolean keep = (boolean) trainer.getOrDefault(trainer.keepPartitions());
    int wanted = (int) trainer.getOrDefault(trainer.shards());
    int shards = wanted > 0 ? wanted : Math.max(SHARDS, sc.defaultParallelism());
    plan.data =
        keep
            ? ShardBuilder.keepPartitions(data.javaRDD(), packer, shape)
            : ShardBuilder.deal(data.javaRDD(), packer, shape, shards);
    JavaRDD<byte[]> testBlocks = null;
    try {
      if (validation != null) {
        ShardSet test = ShardBuilder.keepPartitions(validation.javaRDD(), packer(validation, width), shape);
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
    spec.put("micro_batches", (int) trainer.getOrDefault(trainer.microBatches()));
    spec.put("seed", (long) trainer.getOrDefault(trainer.seed()));
    spec.put("reproducible", (boolean) trainer.getOrDefault(trainer.reproducible()));
    return spec;
  }

  private RowPacker packer(Dataset<Row> rows, int width) {
    boolean classes = CLASS_LOSSES.contains(spec.path("loss").path("kind").asText());
    return new RowPacker(
        rows.schema(), trainer.getOrDefault(trainer.featuresCol()),
        trainer.getOrDefault(trainer.labelCol()), classes, width);
  }

  private int width() {
    if (data.isEmpty()) {
      throw new IllegalArgumentException("training data: must have rows, got none");
    }
    Object first = data.select(trainer.getOrDefault(trainer.featuresCol())).head().get(0);
    if (first == null) {
      throw new IllegalArgumentException("featuresCol: must not be null, got null in the first row");
    }
    return RowPacker.width(first);
  }

  private Model model(int width) {
    if (!trainer.isSet(trainer.model())) {
      throw new IllegalArgumentException("model: must be set, for example by setModel(new Sequential(...))");
    }
    String text = trainer.getOrDefault(trainer.model());
    if (!text.startsWith("{")) {
      return new Model(Base64.getDecoder().decode(text));
    }
    ObjectNode graph = Json.parseObject(text);
    for (JsonNode input : graph.path("inputs")) {
      if (!input.has("shape")) {
        ((ObjectNode) input).putArray("shape").add(width);
      }
    }
    return Model.create(graph.toString(), (long) trainer.getOrDefault(trainer.seed()));
  }

  /** The shape of a row as the model wants it; the values must be as many. */
  static long[] shape(Model model, int width) {
    JsonNode wanted = model.describe().path("inputs").path(0).path("shape");
    long[] shape = new long[wanted.size()];
    for (int i = 0; i < shape.length; i++) {
      shape[i] = wanted.get(i).asLong();
    }
    if (Blocks.numel(shape) != width) {
      throw new IllegalArgumentException(
          "featuresCol: the model wants " + Arrays.toString(shape) + " = " + Blocks.numel(shape)
              + " values in a row, got " + width);
    }
    return shape;
  }
}
