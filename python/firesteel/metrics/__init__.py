# SPDX-License-Identifier: Apache-2.0
"""Figures of how good a model is."""

from firesteel.metrics import _generated
from firesteel.metrics._base import Metric
from firesteel.metrics._generated import *  # noqa: F403

__all__ = [*_generated.__all__, "Metric"]
