# SPDX-License-Identifier: Apache-2.0
"""What layers and losses have in common."""

from firesteel._spec import Spec
from firesteel.nn._graph import apply


class Layer(Spec):
    """A layer of a model. Calling it with values adds it to the graph of these values."""

    family = "layers"

    def __init__(self, name=None, **attrs):
        if name is not None and (not isinstance(name, str) or not name or ":" in name):
            raise ValueError(f"{self.kind}.name: must be a word without ':', got {name!r}")
        super().__init__(**attrs)
        self.name = name

    @property
    def has_parameters(self):
        """Whether the layer has weights or statistics of its own."""
        return self._trains

    def __call__(self, *inputs):
        return apply(self, inputs)

    # Two layers are the same only if they are one object: each has weights of its own.
    __eq__ = object.__eq__
    __hash__ = object.__hash__


def layer_class(kind):
    """The class of a kind that has none here, as a plugin's."""

    def __init__(self, *, name=None, **attrs):  # noqa: N807
        Layer.__init__(self, name, **attrs)

    return type(kind, (Layer,), {"__init__": __init__, "__module__": "firesteel.nn"})


def layer(kind, *, name=None, **attrs):
    """A layer by its kind, as a plugin's: ``nn.layer("LearnedSwish", channels=8)``."""
    return layer_class(kind)(name=name, **attrs)


class Loss(Spec):
    """What training makes small."""

    family = "losses"
