# SPDX-License-Identifier: Apache-2.0
"""Firesteel: deep learning as ordinary Apache Spark programs.

Build a model with :mod:`firesteel.nn`, train it here with :meth:`Model.fit` or on a cluster with
:class:`firesteel.spark.Trainer`.
"""

from firesteel import metrics, nn, optim
from firesteel._native import FormatError, SystemError, version as __version__  # noqa: A004
from firesteel._plugins import include_path, load_plugin
from firesteel._recipes import recipe
from firesteel.model import Model

__all__ = ["FormatError", "Model", "SystemError", "__version__", "include_path", "load_plugin",
           "metrics", "nn", "optim", "recipe"]
