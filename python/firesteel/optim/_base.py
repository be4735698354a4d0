# SPDX-License-Identifier: Apache-2.0
"""What optimizers and schedules have in common."""

from firesteel._spec import Spec


class Optimizer(Spec):
    """How gradients change the weights."""

    family = "optimizers"


class Schedule(Spec):
    """A factor on the learning rate, step by step."""

    family = "schedules"
