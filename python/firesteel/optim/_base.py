# SPDX-License-Identifier: Apache-2.0
"""What optimizers and schedules have in common."""

import json

from firesteel._spec import Spec
from firesteel.optim._groups import Lasting


class Optimizer(Spec):
    """How gradients change the weights."""

    family = "optimizers"


class Schedule(Spec):
    """A factor on the learning rate, step by step."""

    family = "schedules"

    def lasting(self, *, epochs=None, iterations=None):
        """This schedule for so many epochs or iterations, for a list of schedules that follow each other.

        >>> schedule = [optim.Linear().lasting(epochs=5), optim.Cosine()]
        """
        if (epochs is None) == (iterations is None):
            raise ValueError(f"{self.kind}.lasting: wants either epochs or iterations")
        return Lasting(self, epochs=epochs) if iterations is None else Lasting(self, iterations=iterations)


class Trigger(Spec):
    """When a fit ends before its last epoch. ``a & b`` is when both say so, ``a | b`` when one does."""

    family = "triggers"

    def __and__(self, other):
        return self._joined("And", other)

    def __or__(self, other):
        return self._joined("Or", other)

    def _joined(self, kind, other):
        if not isinstance(other, Trigger):
            return NotImplemented
        from firesteel.optim import _generated  # which knows this module

        return getattr(_generated, kind)(json.dumps([self.to_dict(), other.to_dict()]))
