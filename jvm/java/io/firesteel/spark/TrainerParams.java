// SPDX-License-Identifier: Apache-2.0
package io.firesteel.spark;

import org.apache.spark.ml.Estimator;
import org.apache.spark.ml.param.BooleanParam;
import org.apache.spark.ml.param.DoubleArrayParam;
import org.apache.spark.ml.param.DoubleParam;
import org.apache.spark.ml.param.IntParam;
import org.apache.spark.ml.param.LongParam;
import org.apache.spark.ml.param.Param;

/**
 * The parameters of a Trainer. Loss, optimizer, schedule and metrics are kept as JSON documents
 * such as {"kind": "SGD", "lr": 0.1}, so that they can be saved and sent like any other parameter.
 */
public abstract class TrainerParams extends Estimator<TrainerModel> {
  private static final long serialVersionUID = 1L;

  private final String uid;
  private final Param<String> model;
  private final Param<String> loss;
  private final Param<String> optimizer;
  private final Param<String> schedule;
  private final Param<String> metrics;
  private final Param<String> featuresCol;
  private final Param<String> labelCol;
  private final Param<String> predictionCol;
  private final Param<String> outputCol;
  private final IntParam batchSize;
  private final IntParam epochs;
  private final IntParam iterations;
  private final LongParam seed;
  private final BooleanParam reproducible;
  private final BooleanParam syncBatchNorm;
  private final Param<String> dtype;
  private final Param<String> recompute;
  private final Param<String> threadMode;
  private final DoubleArrayParam lossWeights;
  private final IntParam validateEvery;
  private final Param<String> stop;
  private final Param<String> paramGroups;
  private final IntParam accumulate;
  private final IntParam baseBatchSize;
  private final DoubleParam emaDecay;
  private final DoubleParam dropSlowest;
  private final DoubleParam dropMost;
  private final IntParam dropWarmup;
  private final DoubleParam clipNorm;
  private final DoubleParam clipValue;
  private final Param<String> wire;
  private final BooleanParam errorFeedback;
  private final BooleanParam encrypt;
  private final IntParam microBatches;
  private final IntParam shards;
  private final BooleanParam keepPartitions;
  private final Param<String> onBadRow;
  private final Param<String> samplingWeightCol;
  private final Param<String> sync;
  private final DoubleParam outerLr;
  private final DoubleParam outerMomentum;
  private final IntParam group;
  private final IntParam threads;
  private final Param<String> checkpointDir;
  private final IntParam checkpointKeep;
  private final Param<String> checkpointBest;
  private final BooleanParam resume;
  private final Param<String> summaryDir;
  private final Param<String> report;
  private final IntParam peerDeadlineMs;
  private final IntParam formDeadlineMs;

  TrainerParams(String uid) {
    this.uid = uid; // first: each parameter asks for it
    model = new Param<>(this, "model", "graph document, or base64 of a model file");
    loss = new Param<>(this, "loss", "loss document");
    optimizer = new Param<>(this, "optimizer", "optimizer document");
    schedule =
        new Param<>(this, "schedule", "learning-rate schedule document, or a list of them; empty: constant");
    metrics = new Param<>(this, "metrics", "list of metric documents");
    featuresCol =
        new Param<>(this, "featuresCol", "column of vectors, arrays of numbers, or binary (bytes 0..255)");
    labelCol = new Param<>(this, "labelCol", "column of class ids or numbers");
    predictionCol =
        new Param<>(this, "predictionCol", "column of class ids or numbers that the fitted model adds");
    outputCol =
        new Param<>(this, "outputCol", "column with all outputs that the fitted model adds; empty: none");
    batchSize = new IntParam(this, "batchSize", "rows of a step, over all workers");
    epochs = new IntParam(this, "epochs", "passes over the data");
    iterations = new IntParam(this, "iterations", "steps, instead of epochs; 0: epochs decide");
    seed = new LongParam(this, "seed", "of weights, order and dropout");
    reproducible =
        new BooleanParam(this, "reproducible", "same weights to the bit for any workers, threads and failures");
    syncBatchNorm =
        new BooleanParam(this, "syncBatchNorm", "batch normalization over the whole batch, not its parts; slower");
    dtype = new Param<>(this, "dtype", "type to compute in: f32, or bf16 where the CPU has it");
    recompute =
        new Param<>(this, "recompute", "in backward, to save memory: none, cheap, or segments of the model");
    threadMode =
        new Param<>(this, "threadMode", "how a worker's threads share a step: auto, replicas or split");
    lossWeights =
        new DoubleArrayParam(this, "lossWeights", "one for each output of a model with several; empty: 1 each");
    validateEvery =
        new IntParam(this, "validateEvery", "epochs between evaluations of the validation rows; 0: at the end alone");
    stop = new Param<>(this, "stop", "trigger document: when to end before the last epoch; empty: never");
    paramGroups =
        new Param<>(this, "paramGroups", "list of documents: what is different for parameters by their names");
    accumulate = new IntParam(this, "accumulate", "batches that are summed up before an update");
    baseBatchSize =
        new IntParam(this, "baseBatchSize", "batch that the learning rate is meant for; 0: whatever it is");
    emaDecay =
        new DoubleParam(this, "emaDecay", "of a running mean of the parameters, the fitted model; 0: none");
    dropSlowest =
        new DoubleParam(this, "dropSlowest", "share of micro-batches that an iteration need not wait for; 0: all are waited for");
    dropMost =
        new DoubleParam(this, "dropMost", "most of them that may be left out before they get more time");
    dropWarmup = new IntParam(this, "dropWarmup", "iterations that wait for all first");
    clipNorm = new DoubleParam(this, "clipNorm", "most L2 norm of an iteration's gradient; 0: any");
    clipValue =
        new DoubleParam(this, "clipValue", "most size of each number of an iteration's gradient; 0: any");
    wire =
        new Param<>(
            this, "wire",
            "what gradients and parameters are rounded to between workers: f32, bf16 or f16");
    errorFeedback =
        new BooleanParam(this, "errorFeedback", "add to gradients what rounding took from those before");
    encrypt =
        new BooleanParam(
            this, "encrypt", "encrypt what workers send each other, also where Spark does not encrypt what it sends");
    microBatches = new IntParam(this, "microBatches", "parts of a batch; 0: chosen");
    shards =
        new IntParam(this, "shards", "parts of the data; 0: chosen, whatever the cluster");
    keepPartitions =
        new BooleanParam(this, "keepPartitions", "take the data's partitions as the shards");
    samplingWeightCol =
        new Param<>(
            this, "samplingWeightCol", "column of numbers >= 0: how often rows are drawn; empty: each once an epoch");
    onBadRow =
        new Param<>(
            this, "onBadRow",
            "rows with nulls, other shapes or numbers that are not finite: fail before training, or skip them");
    sync =
        new Param<>(
            this, "sync",
            "how gradients and parameters get from worker to worker: p2p, blockmanager, driver or local:H");
    outerLr =
        new DoubleParam(this, "outerLr", "with sync local:H, learning rate of the workers' common step");
    outerMomentum =
        new DoubleParam(this, "outerMomentum", "with sync local:H, Nesterov momentum of that step");
    group = new IntParam(this, "group", "iterations of one Spark job; 0: about 10 s");
    threads =
        new IntParam(this, "threads", "most threads of a worker; 0: the cores of its executor");
    checkpointDir =
        new Param<>(this, "checkpointDir", "directory on any Hadoop file system; empty: none");
    checkpointKeep = new IntParam(this, "checkpointKeep", "so many of the newest checkpoints stay");
    checkpointBest =
        new Param<>(
            this, "checkpointBest",
            "the checkpoint with the best such result stays: accuracy, test_loss, max:NAME, min:NAME; empty: none");
    resume = new BooleanParam(this, "resume", "start from the newest checkpoint");
    summaryDir =
        new Param<>(
            this, "summaryDir", "directory on any Hadoop file system that TensorBoard shows; empty: none");
    report =
        new Param<>(
            this, "report", "file on any Hadoop file system for a page (HTML) with curves of the fit; empty: none");
    peerDeadlineMs =
        new IntParam(this, "peerDeadlineMs", "a worker that is silent for so long is taken for dead");
    formDeadlineMs =
        new IntParam(this, "formDeadlineMs", "how long the workers of a group wait for each other to start");
    setDefault(loss, "{\"kind\":\"CrossEntropy\"}");
    setDefault(optimizer, "{\"kind\":\"SGD\",\"lr\":0.1}");
    setDefault(schedule, "");
    setDefault(metrics, "[{\"kind\":\"Accuracy\"}]");
    setDefault(featuresCol, "features");
    setDefault(labelCol, "label");
    setDefault(predictionCol, "prediction");
    setDefault(outputCol, "");
    setDefault(batchSize, 128);
    setDefault(epochs, 1);
    setDefault(iterations, 0);
    setDefault(seed, 1L);
    setDefault(reproducible, false);
    setDefault(syncBatchNorm, false);
    setDefault(dtype, "f32");
    setDefault(recompute, "cheap");
    setDefault(threadMode, "auto");
    setDefault(lossWeights, new double[0]);
    setDefault(validateEvery, 1);
    setDefault(stop, "");
    setDefault(paramGroups, "[]");
    setDefault(accumulate, 1);
    setDefault(baseBatchSize, 0);
    setDefault(emaDecay, 0.0);
    setDefault(clipNorm, 0.0);
    setDefault(clipValue, 0.0);
    setDefault(wire, "f32");
    setDefault(errorFeedback, false);
    setDefault(encrypt, false);
    setDefault(microBatches, 0);
    setDefault(shards, 0);
    setDefault(keepPartitions, false);
    setDefault(onBadRow, "fail");
    setDefault(samplingWeightCol, "");
    setDefault(sync, "p2p");
    setDefault(outerLr, 1.0);
    setDefault(outerMomentum, 0.0);
    setDefault(group, 0);
    setDefault(threads, 0);
    setDefault(dropSlowest, 0.0);
    setDefault(dropMost, 0.2);
    setDefault(dropWarmup, 100);
    setDefault(checkpointDir, "");
    setDefault(checkpointKeep, 2);
    setDefault(checkpointBest, "");
    setDefault(resume, false);
    setDefault(summaryDir, "");
    setDefault(report, "");
    setDefault(peerDeadlineMs, 5000);
    setDefault(formDeadlineMs, 5000);
  }

  @Override
  public final String uid() {
    return uid;
  }

  public final Param<String> model() {
    return model;
  }

  public final Param<String> loss() {
    return loss;
  }

  public final Param<String> optimizer() {
    return optimizer;
  }

  public final Param<String> schedule() {
    return schedule;
  }

  public final Param<String> metrics() {
    return metrics;
  }

  public final Param<String> featuresCol() {
    return featuresCol;
  }

  public final Param<String> labelCol() {
    return labelCol;
  }

  public final Param<String> predictionCol() {
    return predictionCol;
  }

  public final Param<String> outputCol() {
    return outputCol;
  }

  public final IntParam batchSize() {
    return batchSize;
  }

  public final IntParam epochs() {
    return epochs;
  }

  public final IntParam iterations() {
    return iterations;
  }

  public final LongParam seed() {
    return seed;
  }

  public final BooleanParam reproducible() {
    return reproducible;
  }

  public final BooleanParam syncBatchNorm() {
    return syncBatchNorm;
  }

  public final Param<String> dtype() {
    return dtype;
  }

  public final Param<String> recompute() {
    return recompute;
  }

  public final Param<String> threadMode() {
    return threadMode;
  }

  public final DoubleArrayParam lossWeights() {
    return lossWeights;
  }

  public final IntParam validateEvery() {
    return validateEvery;
  }

  public final Param<String> stop() {
    return stop;
  }

  public final Param<String> paramGroups() {
    return paramGroups;
  }

  public final IntParam accumulate() {
    return accumulate;
  }

  public final IntParam baseBatchSize() {
    return baseBatchSize;
  }

  public final DoubleParam emaDecay() {
    return emaDecay;
  }

  public final DoubleParam dropSlowest() {
    return dropSlowest;
  }

  public final DoubleParam dropMost() {
    return dropMost;
  }

  public final IntParam dropWarmup() {
    return dropWarmup;
  }

  public final DoubleParam clipNorm() {
    return clipNorm;
  }

  public final DoubleParam clipValue() {
    return clipValue;
  }

  public final Param<String> wire() {
    return wire;
  }

  public final BooleanParam errorFeedback() {
    return errorFeedback;
  }

  public final BooleanParam encrypt() {
    return encrypt;
  }

  public final IntParam microBatches() {
    return microBatches;
  }

  public final IntParam shards() {
    return shards;
  }

  public final BooleanParam keepPartitions() {
    return keepPartitions;
  }

  public final Param<String> samplingWeightCol() {
    return samplingWeightCol;
  }

  public final Param<String> onBadRow() {
    return onBadRow;
  }

  public final Param<String> sync() {
    return sync;
  }

  public final DoubleParam outerLr() {
    return outerLr;
  }

  public final DoubleParam outerMomentum() {
    return outerMomentum;
  }

  public final IntParam group() {
    return group;
  }

  public final IntParam threads() {
    return threads;
  }

  public final Param<String> checkpointDir() {
    return checkpointDir;
  }

  public final IntParam checkpointKeep() {
    return checkpointKeep;
  }

  public final Param<String> checkpointBest() {
    return checkpointBest;
  }

  public final BooleanParam resume() {
    return resume;
  }

  public final Param<String> summaryDir() {
    return summaryDir;
  }

  public final Param<String> report() {
    return report;
  }

  public final IntParam peerDeadlineMs() {
    return peerDeadlineMs;
  }

  public final IntParam formDeadlineMs() {
    return formDeadlineMs;
  }
}
