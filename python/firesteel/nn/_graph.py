# SPDX-License-Identifier: Apache-2.0
"""Models as graphs: values, and the two ways to write a graph down."""

import copy
import itertools
import re

from firesteel.nn._arithmetic import Arithmetic
from firesteel.nn._block import scopes

_numbers = itertools.count()


class Value(Arithmetic):
    """What flows between layers: an input of the model, or the result of a layer.

    Values are added, multiplied, ... with each other and with numbers: ``x * y + 1``.
    """

    def __init__(self, layer=None, inputs=(), shape=None, name=None, padding=None):
        self.layer, self.inputs, self.shape, self.name = layer, inputs, shape, name
        self.padding = padding
        self.node, self.port = self, 0
        self.scope = scopes()
        self.order = next(_numbers)

    def output(self, index):
        """Another result of the same layer, such as the ids of ``TopK``."""
        if not self.layer or index < 0:
            raise ValueError(f"Value.output: {self!r} has no output {index}")
        other = copy.copy(self.node)
        other.node, other.port = self.node, index
        return other

    def __repr__(self):
        return f"Value({self.layer!r})" if self.layer else f"Input({self.shape}, name={self.name!r})"


def Input(shape=None, name=None, padding=None):  # noqa: N802, a function that reads like a layer
    """An input of a model.

    Parameters
    ----------
    shape : sequence of int, optional
        Shape of one row, such as ``(1, 28, 28)``. Taken from the data when not given.
    name : str, optional
        Its name in the model, ``"input"`` when not given.
    padding : float, optional
        Rows have up to ``shape[0]`` steps, filled up at their end with this number. LSTM, GRU and
        MultiHeadAttention leave these steps out, and a batch is computed with about as many steps
        as its longest row has. Layers that would take padding for steps are refused.
    """
    return Value(shape=_extents(shape), name=name,
                 padding=None if padding is None else float(padding))


def _extents(shape):
    if shape is None:
        return ()
    extents = tuple(int(extent) for extent in ((shape,) if isinstance(shape, int) else shape))
    if any(extent < 1 for extent in extents):
        raise ValueError(f"Input.shape: extents must be > 0, got {extents}")
    return extents


def apply(layer, inputs):
    """The result of a layer on values."""
    for value in inputs:
        if not isinstance(value, Value):
            raise ValueError(f"{layer.kind}: is called with values such as nn.Input((1, 28, 28)), "
                             f"got {type(value).__name__}. To compute, build a Model and predict")
    if not inputs:
        raise ValueError(f"{layer.kind}: needs at least one value to be applied to")
    return Value(layer, tuple(inputs))


def snake_case(kind):
    """MaxPool2d -> max_pool2d, as the C++ core names nodes."""
    return re.sub(r"(?<=[^A-Z])(?=[A-Z])|(?<=.)(?=[A-Z][^A-Z])", "_", kind).lower()


class Architecture:
    """Layers without weights. ``to_dict`` is the graph document that all languages understand."""

    def to_dict(self):
        raise NotImplementedError

    def build(self, seed=1):
        """The :class:`firesteel.Model` with first weights made from the seed."""
        from firesteel.model import Model  # the model knows this module

        return Model(self, seed=seed)


class Graph(Architecture):
    """A model written as values.

    >>> x = nn.Input((1, 28, 28))
    >>> y = nn.Conv2d(1, 6, 5)(x)
    >>> model = nn.Graph(inputs=x, outputs=y)

    Parameters
    ----------
    inputs : Value or sequence of Value
        Made by :func:`Input`.
    outputs : Value or sequence of Value
        What the model computes.
    """

    def __init__(self, inputs, outputs):
        self.inputs = _values(inputs, "inputs")
        self.outputs = _values(outputs, "outputs")
        self._nodes = _sorted(self.outputs)
        self._names = _names([*self.inputs, *self._nodes])
        for node in self._nodes:
            for value in node.inputs:
                if value.node not in self._names:
                    raise ValueError(f"Graph.inputs: {value!r} is used but not among the inputs")

    def to_dict(self):
        names = self._names
        return {
            "inputs": [_input(names[value], value) for value in self.inputs],
            "nodes": [{"name": names[node], "kind": node.layer.kind, "attrs": node.layer.attrs,
                       "inputs": [self._reference(value) for value in node.inputs]} for node in self._nodes],
            "outputs": [self._reference(value) for value in self.outputs],
        }

    def _reference(self, value):
        name = self._names[value.node]
        return f"{name}:{value.port}" if value.port else name

    def __repr__(self):
        return f"Graph({len(self._nodes)} layers, inputs={list(self.inputs)})"


class Sequential(Architecture):
    """Layers one after the other.

    >>> model = nn.Sequential(nn.Conv2d(1, 6, 5), nn.Tanh(), input_shape=(1, 28, 28))

    Parameters
    ----------
    *layers : Layer or Sequential
        In their order.
    input_shape : sequence of int, optional
        Shape of one row; taken from the data when not given.
    padding : float, optional
        What rows with fewer steps are filled up with: see :func:`Input`.
    """

    def __init__(self, *layers, input_shape=None, padding=None):
        self.layers = []
        self.input_shape, self.padding = _extents(input_shape), padding
        for layer in layers:
            self.add(layer)

    def add(self, layer):
        """Appends a layer and returns the model."""
        parts = layer.layers if isinstance(layer, Sequential) else [layer]
        for part in parts:
            if not callable(part) or not hasattr(part, "name"):
                raise ValueError(f"Sequential: takes layers, got {part!r}")
        self.layers += parts
        return self

    def __call__(self, value):
        for layer in self.layers:
            value = layer(value)
        return value

    def to_dict(self):
        if not self.layers:
            raise ValueError("Sequential: needs at least one layer")
        value = Input(self.input_shape, padding=self.padding)
        return Graph(value, self(value)).to_dict()

    def __repr__(self):
        shape = f", input_shape={self.input_shape}" if self.input_shape else ""
        padding = "" if self.padding is None else f", padding={self.padding}"
        return f"Sequential({', '.join(map(repr, self.layers))}{shape}{padding})"


def _input(name, value):
    document = {"name": name, "shape": list(value.shape)}
    return document if value.padding is None else {**document, "padding": value.padding}


def _values(values, what):
    values = [values] if isinstance(values, Value) else list(values)
    for value in values:
        if not isinstance(value, Value):
            raise ValueError(f"Graph.{what}: must be values, got {value!r}")
        if what == "inputs" and value.layer:
            raise ValueError(f"Graph.inputs: must be made by nn.Input, got {value!r}")
    if not values:
        raise ValueError(f"Graph.{what}: must not be empty")
    return values


def _sorted(outputs):
    """All results of layers that the outputs need, in the order in which they were written."""
    found, waiting = set(), list(outputs)
    while waiting:
        value = waiting.pop().node
        if value.layer and value not in found:
            found.add(value)
            waiting += value.inputs
    return sorted(found, key=lambda value: value.order)


def _count(counts, prefix, stem):
    counts[prefix, stem] = counts.get((prefix, stem), 0) + 1
    return counts[prefix, stem]


def _prefix(scope, prefixes, counts):
    """The names of the blocks that a value was made in, the outermost first: "block_1.inner."."""
    for depth in range(1, len(scope) + 1):
        if scope[:depth] not in prefixes:
            name, outer = scope[depth - 1].name, prefixes.get(scope[:depth - 1], "")
            if name is None:
                stem = snake_case(type(scope[depth - 1].block).__name__)
                name = f"{stem}_{_count(counts, outer, stem)}"
            prefixes[scope[:depth]] = f"{outer}{name}."
    return prefixes.get(scope, "")


def _names(values):
    names, taken, counts, used, prefixes = {}, set(), {}, set(), {}
    for value in values:
        prefix = _prefix(value.scope, prefixes, counts)
        layer = value.layer
        if layer is not None and layer.has_parameters:
            if layer in used:
                raise ValueError(f"{layer.kind}: one layer object stands in two places; nodes do "
                                 "not share weights, so make a layer for each")
            used.add(layer)
        name = layer.name if layer else value.name
        if name is None:
            stem = snake_case(layer.kind) if layer else "input"
            number = _count(counts, prefix, stem)
            name = stem if not layer and number == 1 else f"{stem}_{number}"
        name = prefix + name if layer else name
        if name in taken:
            raise ValueError(f"Graph: two nodes are named '{name}'")
        taken.add(name)
        names[value] = name
    return names
