// SPDX-License-Identifier: Apache-2.0
package io.firesteel.spark;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import io.firesteel.Model;
import io.firesteel.Spec;
import io.firesteel.internal.Json;
import io.firesteel.internal.Native;
import io.firesteel.nn.Architecture;
import io.firesteel.optim.ParamGroup;
import java.util.Base64;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.util.DefaultParamsReader;
import org.apache.spark.ml.util.DefaultParamsWritable;
import org.apache.spark.ml.util.Identifiable$;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.types.StructType;

/**
 * Trains a model on the rows of a DataFrame, on all executors, and goes on when some are lost.
 * Row i goes to shard i mod shards, so the result does not depend on how the data is partitioned.
 */
public final class Trainer extends TrainerParams implements DefaultParamsWritable {
  private static final long serialVersionUID = 1L;

  private transient FitEvents listener;
  private transient Dataset<?> validation;
  private transient FitResult lastResult;

  public Trainer() {
    this(Identifiable$.MODULE$.randomUID("firesteel"));
  }

  public Trainer(String uid) {
    super(uid);
  }

  public Trainer(Architecture architecture) {
    this();
    setModel(architecture);
  }

  public Trainer(Model initial) {
    this();
    setModel(initial);
  }

  @Override
  public TrainerModel fit(Dataset<?> data) {
    transformSchema(data.schema());
    lastResult = new FrameFit(this, data, validation, listener).run();
    TrainerModel fitted = new TrainerModel(uid(), lastResult.model);
    fitted.set(fitted.featuresCol(), getOrDefault(featuresCol()));
    fitted.set(fitted.predictionCol(), getOrDefault(predictionCol()));
    fitted.set(fitted.outputCol(), getOrDefault(outputCol()));
    fitted.setParent(this);
    return fitted;
  }

  /** The figures of the last fit as JSON: loss, images_per_s, step_ms, weights_sha256, ... */
  public String lastFigures() {
    return lastResult == null ? "{}" : lastResult.figures.toString();
  }

  /** Hears how the fit goes; events are not kept when the trainer is saved. */
  public Trainer setListener(FitEvents listener) {
    this.listener = listener;
    return this;
  }

  /**
   * The hyper-parameters of a published fit, and its model unless one is set: optimizer, schedule,
   * batch size and how long, loss and metrics of a detector. What is set afterwards goes before them. {@code firesteel list recipes}.
   */
  public Trainer setRecipe(String name) {
    Native.require();
    JsonNode recipe = Json.parse(Native.recipe(name));
    JsonNode fit = recipe.path("fit");
    if (!isSet(model())) {
      setModel(Model.named(recipe.path("model").asText()));
    }
    setDocument(loss(), fit.path("loss"));
    setDocument(metrics(), fit.path("metrics"));
    setDocument(optimizer(), fit.path("optimizer"));
    setDocument(schedule(), fit.path("schedule"));
    setDocument(stop(), fit.path("stop"));
    setBatchSize(fit.path("batch_size").asInt());
    setBaseBatchSize(fit.path("base_batch_size").asInt(0));
    setClipNorm(fit.path("clip_norm").asDouble(0));
    setIterations(fit.path("iterations").asInt(0));
    return fit.has("epochs") ? setEpochs(fit.path("epochs").asInt()) : this;
  }

  private void setDocument(Param<String> param, JsonNode document) {
    if (!document.isMissingNode()) {
      set(param, document.toString());
    }
  }

  /** Rows to evaluate on after each epoch; not kept when the trainer is saved. */
  public Trainer setValidation(Dataset<?> validation) {
    this.validation = validation;
    return this;
  }

  /** Layers without weights; the weights come from the seed. */
  public Trainer setModel(Architecture architecture) {
    set(model(), architecture.graph().toString());
    return this;
  }

  /** Initial weights. */
  public Trainer setModel(Model initial) {
    set(model(), Base64.getEncoder().encodeToString(initial.bytes()));
    return this;
  }

  public Trainer setMetrics(Spec... values) {
    set(metrics(), documents(values).toString());
    return this;
  }

  private static ArrayNode documents(Spec[] values) {
    ArrayNode all = Json.array();
    for (Spec value : values) {
      all.add(value.toJson());
    }
    return all;
  }

  public Trainer setFeaturesCol(String value) {
    set(featuresCol(), value);
    return this;
  }

  public Trainer setLabelCol(String value) {
    set(labelCol(), value);
    return this;
  }

  public Trainer setPredictionCol(String value) {
    set(predictionCol(), value);
    return this;
  }

  public Trainer setOutputCol(String value) {
    set(outputCol(), value);
    return this;
  }

  public Trainer setBatchSize(int value) {
    set(batchSize(), value);
    return this;
  }

  public Trainer setEpochs(int value) {
    set(epochs(), value);
    return this;
  }

  public Trainer setIterations(int value) {
    set(iterations(), value);
    return this;
  }

  public Trainer setSeed(long value) {
    set(seed(), value);
    return this;
  }

  public Trainer setReproducible(boolean value) {
    set(reproducible(), value);
    return this;
  }

  /** Normalizes over the whole batch of all workers, not each of its parts; slower. */
  public Trainer setSyncBatchNorm(boolean value) {
    set(syncBatchNorm(), value);
    return this;
  }

  public Trainer setDtype(String value) {
    set(dtype(), value);
    return this;
  }

  /** What backward computes again to save memory: none, cheap, or segments, up to a third slower. */
  public Trainer setRecompute(String value) {
    set(recompute(), value);
    return this;
  }

  /** How a worker's threads share a step: replicas of the model, split operations, or auto. */
  public Trainer setThreadMode(String value) {
    set(threadMode(), value);
    return this;
  }

  /** One number for each output of a model with several, whose losses are added; none: 1 each. */
  public Trainer setLossWeights(double... values) {
    set(lossWeights(), values);
    return this;
  }

  /** Most L2 norm of an iteration's gradient; 0: any. */
  public Trainer setClipNorm(double value) {
    set(clipNorm(), value);
    return this;
  }

  /** Most size of each number of an iteration's gradient; 0: any. */
  public Trainer setClipValue(double value) {
    set(clipValue(), value);
    return this;
  }

  /** What gradients and parameters are rounded to between workers: f32, bf16 or f16. */
  public Trainer setWire(String value) {
    set(wire(), value);
    return this;
  }

  /** With a rounded wire: add to gradients what rounding took from those before. */
  public Trainer setErrorFeedback(boolean value) {
    set(errorFeedback(), value);
    return this;
  }

  /** Encrypt what workers send each other also where Spark does not encrypt what it sends. */
  public Trainer setEncrypt(boolean value) {
    set(encrypt(), value);
    return this;
  }

  public Trainer setMicroBatches(int value) {
    set(microBatches(), value);
    return this;
  }

  public Trainer setShards(int value) {
    set(shards(), value);
    return this;
  }

  public Trainer setKeepPartitions(boolean value) {
    set(keepPartitions(), value);
    return this;
  }

  /**
   * A column of numbers >= 0: rows are drawn in proportion to them, with replacement, as many in an epoch as there are
   * rows. For classes that are rare, for example. Empty, the default: every row once an epoch.
   */
  public Trainer setSamplingWeightCol(String value) {
    set(samplingWeightCol(), value);
    return this;
  }

  /**
   * What becomes of rows with nulls, with other shapes than the model's or with numbers that are not
   * finite: "fail" counts them before the training begins and names the first, "skip" leaves them out.
   */
  public Trainer setOnBadRow(String value) {
    set(onBadRow(), value);
    return this;
  }

  /**
   * How gradients and parameters get from worker to worker: p2p, blockmanager or driver, to the same weights; or
   * local:H, by which workers step on their own and meet every H iterations.
   */
  public Trainer setSync(String value) {
    set(sync(), value);
    return this;
  }

  /** With sync local:H: learning rate of the step that workers take together (1: the mean of their parameters). */
  public Trainer setOuterLr(double value) {
    set(outerLr(), value);
    return this;
  }

  /** With sync local:H: Nesterov momentum of that step. */
  public Trainer setOuterMomentum(double value) {
    set(outerMomentum(), value);
    return this;
  }

  public Trainer setGroup(int value) {
    set(group(), value);
    return this;
  }

  public Trainer setThreads(int value) {
    set(threads(), value);
    return this;
  }

  public Trainer setCheckpointDir(String value) {
    set(checkpointDir(), value);
    return this;
  }

  /**
   * With slow machines among others: an iteration does not wait for so large a share of the micro-batches, which is
   * left out of it where it is late. What late is, is measured while the fit runs; the first 100 iterations
   * (dropWarmup) wait for all.
   */
  public Trainer setDropSlowest(double value) {
    set(dropSlowest(), value);
    return this;
  }

  /** The largest share that may be left out before it gets more time. */
  public Trainer setDropMost(double value) {
    set(dropMost(), value);
    return this;
  }

  public Trainer setDropWarmup(int value) {
    set(dropWarmup(), value);
    return this;
  }

  /** So many of the newest checkpoints stay. */
  public Trainer setCheckpointKeep(int value) {
    set(checkpointKeep(), value);
    return this;
  }

  /**
   * Keeps the checkpoint of the epoch where this result is best, as best.safetensors: "accuracy", "test_loss",
   * "min:mae". Without min: or max: a loss is best where it is lowest, all others where they are highest.
   */
  public Trainer setCheckpointBest(String value) {
    set(checkpointBest(), value);
    return this;
  }

  public Trainer setResume(boolean value) {
    set(resume(), value);
    return this;
  }

  /** A directory on any Hadoop file system that TensorBoard shows. */
  public Trainer setSummaryDir(String value) {
    set(summaryDir(), value);
    return this;
  }

  /** A file on any Hadoop file system for a page (HTML) with curves of the fit. */
  public Trainer setReport(String value) {
    set(report(), value);
    return this;
  }

  public Trainer setPeerDeadlineMs(int value) {
    set(peerDeadlineMs(), value);
    return this;
  }

  public Trainer setFormDeadlineMs(int value) {
    set(formDeadlineMs(), value);
    return this;
  }

  public Trainer setLoss(Spec value) {
    set(loss(), value.toString());
    return this;
  }

  public Trainer setOptimizer(Spec value) {
    set(optimizer(), value.toString());
    return this;
  }

  /** Several follow each other; all but the last have epochs or iterations, {@code .with("epochs", 5)}. */
  public Trainer setSchedule(Spec... values) {
    set(schedule(), values.length == 1 ? values[0].toString() : documents(values).toString());
    return this;
  }

  /** Epochs between evaluations of the validation rows; 0: at the end alone. */
  public Trainer setValidateEvery(int value) {
    set(validateEvery(), value);
    return this;
  }

  /** When to end before the last epoch: an EarlyStopping, a MinLoss, ... */
  public Trainer setStop(Spec value) {
    set(stop(), value.toString());
    return this;
  }

  /** What is different for some parameters; each is in the first group that matches its name. */
  public Trainer setParamGroups(ParamGroup... values) {
    ArrayNode all = Json.array();
    for (ParamGroup value : values) {
      all.add(value.toJson());
    }
    set(paramGroups(), all.toString());
    return this;
  }

  /** So many batches are summed up before an update. */
  public Trainer setAccumulate(int value) {
    set(accumulate(), value);
    return this;
  }

  /** The batch that the learning rate is meant for: it grows in proportion (Goyal et al., 2017); 0: not. */
  public Trainer setBaseBatchSize(int value) {
    set(baseBatchSize(), value);
    return this;
  }

  /** Of a running mean of the parameters, which the fitted model has; 0: none. */
  public Trainer setEmaDecay(double value) {
    set(emaDecay(), value);
    return this;
  }

  @Override
  public StructType transformSchema(StructType schema) {
    RowPacker.featureType(schema, getOrDefault(featuresCol()));
    return TrainerModel.added(schema, getOrDefault(predictionCol()), getOrDefault(outputCol()));
  }

  @Override
  public Trainer copy(ParamMap extra) {
    Trainer copy = new Trainer(uid());
    copyValues(copy, extra);
    copy.listener = listener;
    copy.validation = validation;
    return copy;
  }

  public static MLReader<Trainer> read() {
    return new DefaultParamsReader<>();
  }

  public static Trainer load(String path) {
    return read().load(path);
  }
}
