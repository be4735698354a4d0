# SPDX-License-Identifier: Apache-2.0
"""Optimizers and learning-rate schedules."""

from firesteel.optim import _generated
from firesteel.optim._base import Optimizer, Schedule
from firesteel.optim._generated import *  # noqa: F403

__all__ = [*_generated.__all__, "Optimizer", "Schedule"]
