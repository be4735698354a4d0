// SPDX-License-Identifier: Apache-2.0
package io.firesteel.spark;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.firesteel.FiresteelException;
import io.firesteel.Model;
import io.firesteel.Plugins;
import io.firesteel.data.Blocks;
import io.firesteel.internal.Buffers;
import io.firesteel.internal.Json;
import io.firesteel.internal.Native;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Paths;
import java.util.Arrays;
import java.util.List;
import org.apache.hadoop.fs.Path;
import org.apache.spark.SparkContext;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;

/** What the command line asks for: to train, evaluate or predict with a model file and a data set. */
final class Job {
  private final SparkContext sc;
  private final JavaSparkContext java;
  private final ObjectNode job;
  private final FitEvents events;

  Job(SparkContext sc, ObjectNode job, FitEvents events) {
    this.sc = sc;
    this.java = JavaSparkContext.fromSparkContext(sc);
    this.job = job;
    this.events = events;
  }

  /** Returns the figures of the event "end". */
  ObjectNode run() throws IOException {
    for (JsonNode plugin : job.path("plugins")) {
      Plugins.load(plugin.asText());
    }
    String command = job.path("command").asText();
    switch (command) {
      case "train":
        return train();
      case "eval":
        return evaluate();
      case "predict":
        return predict();
      case "doctor":
        return new Doctor(sc, events).run();
      default:
        throw new IllegalArgumentException("command: must be train, eval, predict or doctor, got " + command);
    }
  }

  private ObjectNode train() {
    FitPlan plan = new FitPlan();
    plan.spec = fitSpec();
    long iterations = job.path("iterations").asLong(0);
    plan.spec.put("iterations", iterations);
    plan.spec.put("epochs", iterations > 0 ? 0 : Math.max(1, job.path("epochs").asLong(1)));
    int shards = job.path("shards").asInt(0);
    List<byte[]> train = load("train", shards > 0 ? shards : Native.defaultShards(plan.spec.toString()));
    plan.model = model(train.get(0));
    plan.data = ShardSet.ofBlocks(java, train);
    List<byte[]> test = load("test", parts());
    plan.test = java.parallelize(test, test.size());
    plan.testRows = test.stream().mapToLong(Blocks::rows).sum();
    plan.sync = Sync.of(job.path("sync").asText("p2p"), plan.spec);
    plan.group = job.path("group").asInt(0); // "auto" is 0
    plan.threads = job.path("threads").asInt(0);
    plan.checkpointDir = text("checkpoint");
    plan.summaryDir = text("summary");
    plan.resume = job.path("resume").asBoolean();
    plan.peerDeadlineMs = job.path("peer_deadline_ms").asInt(plan.peerDeadlineMs);
    plan.formDeadlineMs = job.path("form_deadline_ms").asInt(plan.formDeadlineMs);
    if (job.has("port")) {
      plan.ports = new Ports(job.path("port").asInt(), job.path("port_retries").asInt(16));
    }
    FitResult result = new DistributedFit(sc, plan, events).run();
    if (text("out") != null) {
      save(result.model, text("out"));
    }
    return result.figures;
  }

  /** A driver on another machine than the user has its own files; a path with a scheme is Hadoop's. */
  private void save(Model model, String path) {
    if (!path.contains("://")) {
      model.save(path);
      return;
    }
    try (OutputStream out = new Path(path).getFileSystem(sc.hadoopConfiguration()).create(new Path(path), true)) {
      out.write(model.bytes());
    } catch (IOException e) {
      throw new FiresteelException(path + ": cannot be written: " + Sentence.of(e), e);
    }
  }

  private ObjectNode evaluate() {
    List<byte[]> blocks = load("test", parts());
    Model model = model(blocks.get(0));
    ObjectNode spec = fitSpec();
    spec.set("shard_rows", Json.of(blocks.stream().mapToLong(Blocks::rows).toArray()));
    String resolved = Json.parse(Native.resolveFit(spec.toString(), model.direct(), true)).path("spec").toString();
    start(blocks);
    long startNs = System.nanoTime();
    ObjectNode figures = Evaluation.run(java.parallelize(blocks, blocks.size()), model, resolved);
    return timed(figures, startNs);
  }

  /** Writes one line for each row of the test data: its class, or its number. */
  private ObjectNode predict() throws IOException {
    List<byte[]> blocks = load("test", parts());
    SharedModel model = SharedModel.of(java, model(blocks.get(0)));
    start(blocks);
    long startNs = System.nanoTime();
    List<float[]> predictions =
        java.parallelize(blocks, blocks.size()).map(block -> predictions(model, block)).collect();
    int rows = predictions.stream().mapToInt(part -> part.length).sum();
    StringBuilder lines = new StringBuilder();
    for (int row = 0; row < rows; row++) { // row i was dealt to block i mod n
      float value = predictions.get(row % predictions.size())[row / predictions.size()];
      lines.append(value == (long) value ? Long.toString((long) value) : Float.toString(value)).append('\n');
    }
    if (text("out") != null) {
      Files.write(Paths.get(text("out")), lines.toString().getBytes(StandardCharsets.UTF_8));
    }
    return timed(Json.object().put("rows", rows), startNs);
  }

  private static float[] predictions(SharedModel model, byte[] block) {
    Native.require();
    int rows = (int) Blocks.rows(block);
    ByteBuffer bytes =
        ByteBuffer.wrap(Native.predict(model.get(), Buffers.direct(block), TaskContext.get().cpus()));
    FloatBuffer outputs = bytes.order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
    float[] predictions = new float[rows];
    for (int row = 0; row < rows; row++) {
      predictions[row] = Predictor.predicted(outputs, row, outputs.limit() / rows);
    }
    return predictions;
  }

  private void start(List<byte[]> blocks) {
    ObjectNode event = Json.object().put("event", "start").put("spark", sc.version());
    event.put("workers", new Placement(sc).registeredExecutors());
    events.event(event.put("test_rows", blocks.stream().mapToLong(Blocks::rows).sum()));
  }

  private ObjectNode timed(ObjectNode figures, long startNs) {
    double seconds = (System.nanoTime() - startNs) / 1e9;
    figures.put("images_per_s", figures.path("rows").asDouble() / seconds);
    return figures.put("workers", new Placement(sc).registeredExecutors()).put("spark", sc.version());
  }

  private ObjectNode fitSpec() {
    JsonNode fit = job.path("fit");
    ObjectNode spec = fit.isObject() ? ((ObjectNode) fit).deepCopy() : Json.object();
    if (!spec.has("loss")) {
      spec.putObject("loss").put("kind", "CrossEntropy");
    }
    if (!spec.has("metrics")) {
      spec.putArray("metrics").addObject().put("kind", "Accuracy");
    }
    return spec;
  }

  /** A model file, or a model by name; one without an input shape gets that of the data. */
  private Model model(byte[] block) {
    String name = text("model");
    if (name == null) {
      throw new IllegalArgumentException("model: must be a file or the name of a model");
    }
    boolean file = name.contains("/") || Files.exists(Paths.get(name));
    Model model = file ? Model.load(name) : Model.named(name, job.path("fit").path("seed").asLong(1));
    return model.withInputShape(new Blocks.Header(block).xShape);
  }

  private List<byte[]> load(String split, int count) {
    return Arrays.asList(Native.loadShards(text("data"), split, count));
  }

  /** Blocks of the test data: one for each slot. */
  private int parts() {
    return Math.max(2, sc.defaultParallelism());
  }

  private String text(String field) {
    JsonNode value = job.path(field);
    return value.isTextual() && !value.asText().isEmpty() ? value.asText() : null;
  }
}
