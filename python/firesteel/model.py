# SPDX-License-Identifier: Apache-2.0
"""Model: layers with weights, and what can be done with them in this process."""

import difflib
import json
import os
import tempfile
from pathlib import Path

import numpy as np

from firesteel import _arrays
from firesteel._fit import fit_document
from firesteel._native import core
from firesteel._progress import listener
from firesteel._report import reporter


class Model:
    """Layers with weights: the bytes of a model file.

    Parameters
    ----------
    architecture : Architecture
        :class:`firesteel.nn.Sequential` or :class:`firesteel.nn.Graph`.
    seed : int, default 1
        Makes the first weights.
    """

    def __init__(self, architecture, seed=1):
        self._bytes = core.create_model(json.dumps(architecture.to_dict()), seed)
        self._description = None

    @classmethod
    def from_bytes(cls, data):
        """The model of a model file's bytes."""
        model = cls.__new__(cls)
        model._set(bytes(data))
        model.describe()  # a damaged file is found here
        return model

    @classmethod
    def named(cls, name, seed=1, **options):
        """A model that Firesteel knows by name, with first weights.

        >>> Model.named("resnet50", classes=10)

        Parameters
        ----------
        name : str
            One of :meth:`names`; ``docs/layers/models.md`` has their options.
        seed : int, default 1
        **options
        """
        text = json.dumps({"kind": name, **options}) if options else name
        return cls.from_bytes(core.named_model(text, seed))

    @staticmethod
    def names():
        """The names for :meth:`named`."""
        return core.model_names()

    @classmethod
    def load(cls, path):
        """Reads a model file."""
        return cls.from_bytes(Path(path).read_bytes())

    def save(self, path):
        """Writes the model file: safetensors with the graph inside. Nobody sees half a file."""
        path = Path(path)
        handle, part = tempfile.mkstemp(prefix=path.name + ".", suffix=".part",
                                        dir=path.parent)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(self._bytes)
            os.chmod(part, 0o666 & ~_umask())
            os.replace(part, path)
        except BaseException:
            os.unlink(part)
            raise

    def to_bytes(self):
        """The bytes of the model file."""
        return self._bytes

    def describe(self):
        """Graph, shapes and numbers of parameters, as a dictionary."""
        if self._description is None:
            self._description = json.loads(core.describe_model(self._bytes))
        return self._description

    @property
    def input_shape(self):
        """The shape of one row, or None while it is not known."""
        shape = self.describe()["input_shape"]
        return None if shape is None else tuple(shape)

    @property
    def output_shape(self):
        """The shape of one result, or None while the input's is not known."""
        shape = self.describe()["output_shape"]
        return None if shape is None else tuple(shape)

    def weights(self):
        """Copies of all parameters and statistics by name, such as ``"conv2d_1.weight"``."""
        return {name: view.copy() for name, view in self._views(self._bytes).items()}

    def set_weights(self, weights):
        """Puts arrays in the place of parameters and statistics of these names; others stay.

        Raises
        ------
        ValueError
            There is no such name, or the shapes differ.
        """
        data = bytearray(self._bytes)
        views = self._views(data)
        for name, values in weights.items():
            if name not in views:
                near = difflib.get_close_matches(name, views, 1)
                hint = f". Did you mean '{near[0]}'?" if near else ""
                raise ValueError(f"Model.set_weights: no parameter '{name}'{hint}")
            if np.shape(values) != views[name].shape:
                raise ValueError(f"Model.set_weights: {name} has shape {views[name].shape}, "
                                 f"got {np.shape(values)}")
            views[name][...] = values
        self._set(bytes(data))

    @staticmethod
    def _views(data):
        """Arrays that lie in the model's bytes, by name."""
        length = int.from_bytes(data[:8], "little")
        header = json.loads(bytes(data[8:8 + length]))
        header.pop("__metadata__", None)
        views = {}
        for name, entry in header.items():
            begin, end = (8 + length + offset for offset in entry["data_offsets"])
            values = np.frombuffer(memoryview(data)[begin:end], "<f4")
            views[name] = values.reshape(entry["shape"])
        return views

    def fit(self, x, y, *, loss=None, optimizer=None, schedule=None, metrics=None, batch_size=128,
            epochs=1, iterations=None, validation=None, seed=1, reproducible=False,
            sync_batch_norm=False, dtype="f32", recompute="cheap", thread_mode="auto",
            loss_weights=None, validate_every=1, stop=None, param_groups=None, accumulate=1, base_batch_size=0, ema_decay=0.0, clip_norm=0.0, clip_value=0.0, threads=0, checkpoint=None, checkpoint_keep=2, checkpoint_best="", resume=False, summary=None, report=None, progress=True):
        """Trains the model in this process.

        Parameters
        ----------
        x, y : array
            Rows (float32, or uint8 where 0..255 stands for 0..1) and labels: class ids or numbers.
        loss : Loss, default CrossEntropy()
        optimizer : Optimizer, default SGD(0.1)
        schedule : Schedule, or list of schedules, default Constant()
            Of the learning rate. Those of a list follow each other, all but the last
            :meth:`lasting <firesteel.optim.Schedule.lasting>` for some epochs or iterations.
        metrics : sequence of Metric, default [Accuracy()] with class ids, else []
            Measured on the validation rows.
        batch_size : int, default 128
        epochs, iterations : int
            How long; iterations go before epochs.
        validation : (x, y), optional
            Rows to evaluate on after each epoch.
        seed : int, default 1
            Of the order of rows and of dropout.
        reproducible : bool, default False
            The same weights to the bit for any number of threads.
        sync_batch_norm : bool, default False
            Normalize over the whole batch instead of each of the parts it is computed in; slower,
            and all parts are in memory at once.
        dtype : {"f32", "bf16"}
            Type of the products of convolutions, linear and recurrent layers and attention.
            Weights, sums and what is saved stay float32. Where the CPU has no bf16 the fit says so
            and computes in f32.
        recompute : {"cheap", "segments", "none"}
            What backward computes again instead of keeping it: what is cheap, or whole segments of
            the model, which takes a fraction of the memory and up to a third more time.
        thread_mode : {"auto", "replicas", "split"}
            How threads share a step: each computes a part of the batch, or all of them every
            operation; auto measures the first steps where there are 4 threads and more.
        loss_weights : sequence of float, optional
            One for each output of a model with several (auxiliary classifiers), whose losses
            against the same labels are added; 1 each unless given. `predict`, `evaluate` and
            metrics are of the first output.
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
            Most L2 norm of an iteration's gradient, as ``torch.nn.utils.clip_grad_norm_``, and most
            size of each of its numbers; 0: any.
        threads : int, default 0
            0: all cores.
        checkpoint : path, optional
            Folder for checkpoints. With `resume` the fit goes on from the newest one there.
        checkpoint_keep : int, default 2
            So many of the newest checkpoints stay.
        checkpoint_best : str, default ""
            Such as ``"accuracy"``, ``"test_loss"`` or ``"min:mae"``: best.safetensors in the folder is the
            checkpoint of the epoch with the best such result. Without ``min:`` or ``max:`` a loss is best
            where it is lowest, all others where they are highest.
        summary : path, optional
            Folder that TensorBoard shows: loss, learning rate, throughput, results on the validation
            rows, histograms of parameters.
        report : path, optional
            Where to write a page (HTML) with curves of the fit, after each epoch.
        progress : bool or function, default True
            Whether to show how it goes, or what to call with each event.

        Returns
        -------
        dict
            Figures of the fit: loss, images_per_s, step_ms, weights_sha256, ...
        """
        on_event = reporter(report, listener(progress))
        model = self._with_shape_of(x)
        spec = fit_document(loss, optimizer, schedule, metrics, y, batch_size=batch_size,
                            epochs=epochs, iterations=iterations, seed=seed,
                            reproducible=reproducible, sync_batch_norm=sync_batch_norm, dtype=dtype,
                            recompute=recompute, thread_mode=thread_mode,
                            loss_weights=list(loss_weights or []), validate_every=validate_every, stop=stop, param_groups=param_groups,
                            accumulate=accumulate, base_batch_size=base_batch_size, ema_decay=ema_decay,
                            clip_norm=clip_norm, clip_value=clip_value,
                            checkpoint_keep=checkpoint_keep, checkpoint_best=checkpoint_best)
        tests = validation and _arrays.block(*validation, model.input_shape)
        fitted, end = core.fit(model.to_bytes(), json.dumps(spec),
                               _arrays.block(x, y, model.input_shape), tests or None, threads,
                               str(checkpoint or ""), resume, str(summary or ""),
                               on_event and (lambda text: on_event(json.loads(text))))
        self._set(fitted)
        figures = json.loads(end)
        figures.pop("event")
        return figures

    def predict(self, x, threads=0):
        """The model's output for every row: an array of float32."""
        model = self._with_shape_of(x)
        outputs = [core.predict(model.to_bytes(), block, threads)
                   for block in _arrays.chunks(x, None, model.input_shape)]
        return np.frombuffer(b"".join(outputs), np.float32).reshape((-1, *model.output_shape))

    def evaluate(self, x, y, loss=None, metrics=None, threads=0):
        """Loss and metrics over the rows, as a dictionary."""
        model = self._with_shape_of(x)
        spec = json.dumps(fit_document(loss, None, None, metrics, y, batch_size=128))
        parts = [core.evaluate(model.to_bytes(), spec, block, threads)
                 for block in _arrays.chunks(x, y, model.input_shape)]
        figures = json.loads(core.figures(spec, f"[{','.join(parts)}]"))
        figures.pop("rows")
        return figures

    def _set(self, data):
        self._bytes, self._description = data, None

    def _with_shape_of(self, x):
        """This model, or one that takes the rows of x where no shape was given."""
        if self.input_shape is not None:
            return self
        return Model.from_bytes(core.set_input_shape(self._bytes, list(np.shape(x)[1:])))

    def __repr__(self):
        about = self.describe()
        layers = sum(node["kind"] != "Input" for node in about["nodes"])
        return f"Model({layers} layers, {about['params']} parameters, input {self.input_shape})"


def _umask():
    mask = os.umask(0)
    os.umask(mask)
    return mask


__all__ = ["Model"]
