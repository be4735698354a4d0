# SPDX-License-Identifier: Apache-2.0
"""Optimizers, learning-rate schedules, and triggers that end fits."""

from firesteel.optim import _generated
from firesteel.optim._base import Optimizer, Schedule, Trigger
from firesteel.optim._generated import *  # noqa: F403
from firesteel.optim._groups import ParamGroup

__all__ = [*_generated.__all__, "Optimizer", "ParamGroup", "Schedule", "Trigger"]
