# SPDX-License-Identifier: Apache-2.0
"""Trainer and TrainerModel: io.firesteel.spark's estimator and model as PySpark's."""

import base64
import json

from pyspark.java_gateway import ensure_callback_server_started
from pyspark.ml.util import JavaMLReadable, JavaMLReader, JavaMLWritable
from pyspark.ml.wrapper import JavaEstimator, JavaModel
from pyspark.sql import DataFrame

from firesteel import nn
from firesteel._fit import parts
from firesteel._progress import listener
from firesteel._spec import document
from firesteel.model import Model
from firesteel.optim._groups import groups_document
from firesteel.spark._jvm import PACKAGE, Events, java_class, translated
from firesteel.spark._params import HasColumns, TrainerParams, camel


class _Reader(JavaMLReader):
    @classmethod
    def _java_loader_class(cls, clazz):
        return f"{PACKAGE}.spark.{clazz.__name__}"


class _Readable(JavaMLReadable):
    @classmethod
    def read(cls):
        java_class(f"spark.{cls.__name__}")
        return _Reader(cls)

    @classmethod
    def load(cls, path):
        """Reads what `save` wrote, from any file system that Spark knows."""
        with translated():
            return cls.read().load(path)


class Trainer(TrainerParams, JavaEstimator, _Readable, JavaMLWritable):
    """Trains a model on the rows of a DataFrame, on all executors: a spark.ml Estimator.

    The executors need the jar alone, no Python. A lost executor costs at most one group of
    iterations. Spark's own names (``setBatchSize``) work as well as the arguments.

    Parameters
    ----------
    model : Architecture or Model
        :class:`firesteel.nn.Sequential` or :class:`firesteel.nn.Graph`, whose first weights are
        made from the seed, or a :class:`firesteel.Model` to train on.
    loss : Loss, default CrossEntropy()
    optimizer : Optimizer, default SGD(0.1)
    schedule : Schedule, or list of schedules, default Constant()
        Of the learning rate. Those of a list follow each other, all but the last
        :meth:`lasting <firesteel.optim.Schedule.lasting>` for some epochs or iterations.
    metrics : sequence of Metric, default [Accuracy()]
    features_col : str, default "features"
        Column of vectors, arrays of numbers, or binary (bytes 0..255 stand for 0..1).
    label_col : str, default "label"
        Column of class ids or numbers.
    prediction_col : str, default "prediction"
        Column that the fitted model adds: class ids or numbers; empty: none.
    output_col : str, default ""
        Column that the fitted model adds: all outputs; empty: none.
    batch_size : int, default 128
        Rows of a step, over all workers; no rule of divisibility.
    epochs : int, default 1
    iterations : int, default 0
        Steps, instead of epochs.
    seed : int, default 1
    reproducible : bool, default False
        The same weights to the bit for any workers, threads and failures.
    sync_batch_norm : bool, default False
        Normalize over the whole batch of all workers instead of each of its parts; slower, and a
        worker's parts are in memory at once.
    dtype : {"f32", "bf16"}
        Type of the products of convolutions, linear and recurrent layers and attention. Weights,
        sums and what is saved stay float32. Workers whose CPU has no bf16 compute in f32.
    recompute : {"cheap", "segments", "none"}
        What backward computes again instead of keeping it: what is cheap, or whole segments of the
        model, which takes a fraction of the memory and up to a third more time.
    thread_mode : {"auto", "replicas", "split"}
        How a worker's threads share a step: each computes a part of the batch, or all of them every
        operation; auto measures the first steps where there are 4 threads and more.
    loss_weights : list of float, default []
        One for each output of a model with several (auxiliary classifiers), whose losses against
        the same labels are added; empty: 1 each. Metrics and predictions are of the first output.
    validate_every : int, default 1
        Epochs between evaluations of the validation rows; 0: at the end alone.
    stop : Trigger, optional
        When to end before the last epoch, such as ``optim.EarlyStopping(patience=3)``.
    param_groups : list of ParamGroup, optional
        What is different for some parameters: :class:`firesteel.optim.ParamGroup`.
    accumulate : int, default 1
        So many batches are summed up before an update: one iteration.
    base_batch_size : int, default 0
        The batch that the learning rate is meant for. It grows in proportion to the rows of an
        iteration, from the one that is given during the schedule's warm-up (Goyal et al., 2017); 0: not.
    ema_decay : float, default 0
        Of a running mean of the parameters over iterations, which the fitted model has; 0: none.
    clip_norm, clip_value : float, default 0
        Most L2 norm of an iteration's gradient, as ``torch.nn.utils.clip_grad_norm_``, and most size of
        each of its numbers; 0: any. No further Spark job is needed.
    drop_slowest : float, default 0
        With slow machines among others: an iteration does not wait for so large a share of the micro-batches, which is left
        out of it where it is late, as in BigDL. What late is, is measured while the fit runs. Not with `reproducible`.
    drop_most, drop_warmup : float, default 0.2; int, default 100
        The largest share that may be left out before it gets more time; how many iterations wait for all first.
    wire : {"f32", "bf16", "f16"}
        What gradients and parameters are rounded to (to the nearest) on their way between workers;
        sums and the parameters that are updated stay float32. Half the traffic.
    error_feedback : bool, default False
        With a rounded wire: add to gradients what rounding took from those of the iteration before.
    encrypt : bool, default False
        Encrypt what workers send each other (AES-256-GCM) also where Spark does not encrypt what it sends. Where
        it does, they always do.
    sampling_weight_col : str, default ""
        Column of numbers >= 0: rows are drawn in proportion to them, with replacement, as many in an epoch as there are rows;
        empty: every row once an epoch.
    on_bad_row : {"fail", "skip"}
        What becomes of rows with nulls, with other shapes than the model's or with numbers that are not finite: "fail"
        counts them before the training begins and names the first, "skip" leaves them out and says how many.
    validation : DataFrame, optional
        Rows to evaluate on after each epoch.
    checkpoint_dir : str, default ""
        Directory on any Hadoop file system; with `resume` the fit starts from the newest there.
    checkpoint_keep : int, default 2
        So many of the newest checkpoints stay.
    checkpoint_best : str, default ""
        Such as ``"accuracy"``, ``"test_loss"`` or ``"min:mae"``: best.safetensors in the directory is the checkpoint of
        the epoch with the best such result. Without ``min:`` or ``max:`` a loss is best where it is lowest, all others
        where they are highest.
    summary_dir : str, default ""
        Directory on any Hadoop file system that TensorBoard shows: loss, learning rate, throughput, results on the
        validation rows, histograms of parameters.
    report : str, default ""
        File on any Hadoop file system for a page (HTML) with curves of loss, metrics, throughput, phases and workers,
        recoveries and notes. It needs nothing else to be read.
    sync : {"p2p", "blockmanager", "driver", "local:H"}
        How gradients and parameters get from worker to worker: by connections of their own, through
        Spark's block manager (two Spark jobs an iteration), or through the driver (one). The weights
        are the same. ``"local:16"`` is local SGD: workers step on their own parts of the batch and meet
        every 16 iterations and at the end of a group, for a step along the mean of how far they went.
    outer_lr, outer_momentum : float, default 1 and 0
        Of that step, with Nesterov's momentum. 1 and 0 average the parameters; DiLoCo (Douillard et al.,
        2023) takes 0.7 and 0.9.
    group : int, default 0
        Iterations of one Spark job; 0: chosen.
    progress : bool or function, default True
        Whether to show how the fit goes, or what to call with each event.
    **more
        micro_batches, shards, keep_partitions, threads, resume, peer_deadline_ms,
        form_deadline_ms: see ``explainParams()``.

    Raises
    ------
    ValueError
        Something does not fit together; where possible before the first Spark job.
    RuntimeError
        The jar is not on Spark's class path, or the cluster failed.
    """

    def __init__(self, model=None, *, loss=None, optimizer=None, schedule=None, metrics=None,
                 stop=None, param_groups=None, validation=None, progress=True, **more):
        super().__init__()
        self._listener, self._validation = listener(progress), validation
        java_class("spark.Trainer")
        self._java_obj = self._new_java_obj(f"{PACKAGE}.spark.Trainer", self.uid)
        self._transfer_params_from_java()  # the defaults
        if model is not None:
            self.setModel(model)
        for name, value in parts(loss, optimizer, schedule, metrics).items():
            self._set(**{name: json.dumps(value)})
        if stop is not None:
            self.setStop(stop)
        if param_groups is not None:
            self.setParamGroups(param_groups)
        for name, value in more.items():
            param = camel(name)
            if name != name.lower() or not self.hasParam(param):
                raise ValueError(f"Trainer: no argument '{name}'. explainParams() lists them all")
            try:
                self._set(**{param: value})
            except TypeError as error:
                raise ValueError(f"Trainer.{name}: {error}") from None

    def setModel(self, model):  # noqa: N802, Spark's style
        """Sets what is trained: an Architecture or a Model."""
        if isinstance(model, Model):
            return self._set(model=base64.b64encode(model.to_bytes()).decode())
        if isinstance(model, nn.Architecture):
            return self._set(model=json.dumps(model.to_dict()))
        raise ValueError("Trainer.model: must be nn.Sequential, nn.Graph or a firesteel.Model, got "
                         f"{model!r}")

    def setLoss(self, value):  # noqa: N802
        """Sets the loss."""
        return self._set(loss=json.dumps(parts(value, None, None, None)["loss"]))

    def setOptimizer(self, value):  # noqa: N802
        """Sets the optimizer."""
        return self._set(optimizer=json.dumps(parts(None, value, None, None)["optimizer"]))

    def setSchedule(self, value):  # noqa: N802
        """Sets the learning-rate schedule."""
        return self._set(schedule=json.dumps(parts(None, None, value, None)["schedule"]))

    def setStop(self, value):  # noqa: N802
        """Sets when to end before the last epoch: a trigger."""
        return self._set(stop=json.dumps(document(value, "triggers", "stop")))

    def setParamGroups(self, value):  # noqa: N802
        """Sets what is different for some parameters: a list of optim.ParamGroup."""
        return self._set(paramGroups=json.dumps(groups_document(value)))

    def setMetrics(self, value):  # noqa: N802
        """Sets the metrics."""
        return self._set(metrics=json.dumps(parts(None, None, None, value)["metrics"]))

    def _fit(self, dataset):
        events = Events(self._listener) if self._listener else None
        with translated():
            self._transfer_params_to_java()
            if self._validation is not None:
                self._java_obj.setValidation(self._validation._jdf)
            if events:
                ensure_callback_server_started(dataset.sparkSession.sparkContext._gateway)
                self._java_obj.setListener(events)
            fitted = TrainerModel(java_model=self._java_obj.fit(dataset._jdf))
        if events and events.error:
            raise events.error
        fitted.figures = json.loads(self._java_obj.lastFigures())
        return fitted

    def _create_model(self, java_model):
        return TrainerModel(java_model=java_model)

    @classmethod
    def _from_java(cls, java_stage):
        trainer = cls()
        trainer._java_obj = java_stage
        trainer._resetUid(java_stage.uid())
        trainer._transfer_params_from_java()
        return trainer


class TrainerModel(HasColumns, JavaModel, _Readable, JavaMLWritable):
    """A model that adds its predictions to DataFrames, on all executors, without Python there.

    Parameters
    ----------
    model : Model, optional
        Any :class:`firesteel.Model`; :meth:`Trainer.fit` and :meth:`load` make it otherwise.
    features_col, prediction_col, output_col : str, optional
        As for :class:`Trainer`.
    """

    def __init__(self, model=None, java_model=None, **columns):
        super().__init__(java_model)
        self.figures = {}  # of the fit that made it: loss, images_per_s, step_ms, ...
        if model is not None:
            java = java_class("Model")(bytearray(model.to_bytes()))
            self._java_obj = java_class("spark.TrainerModel")(java)
        if self._java_obj is not None:
            self._resetUid(self._java_obj.uid())
            self._transfer_params_from_java()
        for name, value in columns.items():
            self._set(**{camel(name): value})

    @property
    def model(self):
        """The :class:`firesteel.Model`: weights, predictions here, saving as a model file."""
        return Model.from_bytes(bytes(self._java_obj.modelBytes()))

    def _transform(self, dataset):
        with translated():
            self._transfer_params_to_java()
            return DataFrame(self._java_obj.transform(dataset._jdf), dataset.sparkSession)

    @classmethod
    def _from_java(cls, java_stage):
        return cls(java_model=java_stage)
