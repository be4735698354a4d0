# SPDX-License-Identifier: Apache-2.0
"""The document that describes a fit (train/worker.h)."""

import numpy as np

from firesteel import metrics as all_metrics
from firesteel import nn, optim
from firesteel._spec import document
from firesteel.nn._losses import loss_document
from firesteel.optim._groups import groups_document, schedule_document


def parts(loss, optimizer, schedule, metrics):
    """The documents of those that are given, by name."""
    out = {}
    if loss is not None:
        out["loss"] = loss_document(loss)
    if optimizer is not None:
        out["optimizer"] = document(optimizer, "optimizers", "optimizer")
    if schedule is not None:
        out["schedule"] = schedule_document(schedule)
    if metrics is not None:
        one = isinstance(metrics, (all_metrics.Metric, dict))
        out["metrics"] = [document(metric, "metrics", "metrics")
                          for metric in ([metrics] if one else metrics)]
    return out


def fit_document(loss, optimizer, schedule, metrics, y, **numbers):
    """With defaults for what is None; `y` says whether labels are class ids."""
    loss = nn.CrossEntropy() if loss is None else loss
    optimizer = optim.SGD(0.1) if optimizer is None else optimizer
    if metrics is None:
        classes = np.asarray(y).dtype.kind in "iub" and np.ndim(y) == 1
        metrics = [all_metrics.Accuracy()] if classes else []
    if numbers.get("iterations") is None:
        numbers.pop("iterations", None)
    else:
        numbers.pop("epochs", None)
    if numbers.get("stop") is not None:
        numbers["stop"] = document(numbers["stop"], "triggers", "stop")
    numbers["param_groups"] = groups_document(numbers.get("param_groups"))
    return {**parts(loss, optimizer, schedule, metrics), **numbers}
