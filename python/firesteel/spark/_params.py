# SPDX-License-Identifier: Apache-2.0
"""The parameters of Trainer and TrainerModel under Spark's names; their defaults are Java's."""

from pyspark.ml.param import Param, Params, TypeConverters

_COLUMNS = {
    "featuresCol": (str, "column of vectors, arrays of numbers, or binary (bytes 0..255)"),
    "predictionCol": (str, "column of class ids or numbers that the fitted model adds"),
    "outputCol": (str, "column with all outputs that the fitted model adds; empty: none"),
}
_TRAINER = {
    "model": (str, "graph document, or base64 of a model file"),
    "loss": (str, "loss document"),
    "optimizer": (str, "optimizer document"),
    "schedule": (str, "learning-rate schedule document, or a list of them; empty: constant"),
    "metrics": (str, "list of metric documents"),
    "labelCol": (str, "column of class ids or numbers"),
    "batchSize": (int, "rows of a step, over all workers"),
    "epochs": (int, "passes over the data"),
    "iterations": (int, "steps, instead of epochs; 0: epochs decide"),
    "seed": (int, "of weights, order and dropout"),
    "reproducible": (bool, "same weights to the bit for any workers, threads and failures"),
    "syncBatchNorm": (bool, "batch normalization over the whole batch, not its parts; slower"),
    "dtype": (str, "type to compute in: f32, or bf16 where the CPU has it"),
    "recompute": (str, "in backward, to save memory: none, cheap, or segments of the model"),
    "threadMode": (str, "how a worker's threads share a step: auto, replicas or split"),
    "lossWeights": (list, "one for each output of a model with several; empty: 1 each"),
    "validateEvery": (int, "epochs between evaluations of the validation rows; 0: at the end alone"),
    "stop": (str, "trigger document: when to end before the last epoch; empty: never"),
    "paramGroups": (str, "list of documents: what is different for parameters by their names"),
    "accumulate": (int, "batches that are summed up before an update"),
    "baseBatchSize": (int, "batch that the learning rate is meant for; 0: whatever it is"),
    "emaDecay": (float, "of a running mean of the parameters, the fitted model; 0: none"),
    "dropSlowest": (float, "share of micro-batches that an iteration need not wait for; 0: all are waited for"),
    "dropMost": (float, "most of them that may be left out before they get more time"),
    "dropWarmup": (int, "iterations that wait for all first"),
    "clipNorm": (float, "most L2 norm of an iteration's gradient; 0: any"),
    "clipValue": (float, "most size of each number of an iteration's gradient; 0: any"),
    "wire": (str, "what gradients and parameters are rounded to between workers: f32, bf16 or f16"),
    "errorFeedback": (bool, "add to gradients what rounding took from those before"),
    "encrypt": (bool, "encrypt what workers send each other, also where Spark does not encrypt what it sends"),
    "microBatches": (int, "parts of a batch; 0: chosen"),
    "shards": (int, "parts of the data; 0: chosen, whatever the cluster"),
    "keepPartitions": (bool, "take the data's partitions as the shards"),
    "samplingWeightCol": (str, "column of numbers >= 0: how often rows are drawn; empty: each once an epoch"),
    "onBadRow": (str, "rows with nulls, other shapes or numbers that are not finite: fail before training, or skip them"),
    "sync": (str, "how gradients and parameters get from worker to worker: p2p, blockmanager, driver or local:H"),
    "outerLr": (float, "with sync local:H, learning rate of the workers' common step"),
    "outerMomentum": (float, "with sync local:H, Nesterov momentum of that step"),
    "group": (int, "iterations of one Spark job; 0: chosen"),
    "threads": (int, "most threads of a worker; 0: the cores of its executor"),
    "checkpointDir": (str, "directory on any Hadoop file system; empty: none"),
    "checkpointKeep": (int, "so many of the newest checkpoints stay"),
    "checkpointBest": (str, "the checkpoint with the best such result stays: accuracy, test_loss, max:NAME, min:NAME; empty: none"),
    "resume": (bool, "start from the newest checkpoint"),
    "summaryDir": (str, "directory on any Hadoop file system that TensorBoard shows; empty: none"),
    "report": (str, "file on any Hadoop file system for a page (HTML) with curves of the fit; empty: none"),
    "peerDeadlineMs": (int, "a worker that is silent for so long is taken for dead"),
    "formDeadlineMs": (int, "how long the workers of a group wait for each other to start"),
}
_CONVERTERS = {str: TypeConverters.toString, int: TypeConverters.toInt,
               float: TypeConverters.toFloat, bool: TypeConverters.toBoolean, list: TypeConverters.toListFloat}


def _declare(table):
    """A decorator: the class gets the parameters, and a setter and a getter for each."""
    def declare(cls):
        for name, (type_, doc) in table.items():
            setattr(cls, name, Param(Params._dummy(), name, doc, _CONVERTERS[type_]))
            upper = name[0].upper() + name[1:]
            if not hasattr(cls, f"set{upper}"):
                setattr(cls, f"set{upper}", _setter(name, upper, doc))
            setattr(cls, f"get{upper}", _getter(name, upper, doc))
        return cls
    return declare


def _setter(name, upper, doc):
    def setter(self, value):
        return self._set(**{name: value})
    setter.__name__, setter.__doc__ = f"set{upper}", f"Sets {name}: {doc}."
    return setter


def _getter(name, upper, doc):
    def getter(self):
        return self.getOrDefault(name)
    getter.__name__, getter.__doc__ = f"get{upper}", f"The value of {name}: {doc}."
    return getter


def camel(name):
    """features_col -> featuresCol"""
    head, *tail = name.split("_")
    return head + "".join(word.capitalize() for word in tail)


@_declare(_COLUMNS)
class HasColumns(Params):
    """What Trainer and TrainerModel share."""


@_declare(_TRAINER)
class TrainerParams(HasColumns):
    """All parameters of a Trainer."""
