# SPDX-License-Identifier: Apache-2.0
"""Blocks: layers of one's own, composed of others."""

import threading

_here = threading.local()


class _Scope:
    """One call of a block: what it adds to a graph has its name before theirs."""

    def __init__(self, block, name):
        self.block, self.name = block, name


def scopes():
    """The calls of blocks that are under way, the outermost first."""
    return getattr(_here, "scopes", ())


class Block:
    """A layer made of others: subclasses compose them in ``forward``.

    >>> class Residual(nn.Block):
    ...     def __init__(self, features, name=None):
    ...         super().__init__(name)
    ...         self.features = features
    ...
    ...     def forward(self, x):
    ...         return x + nn.Tanh()(nn.Linear(self.features, self.features)(x))
    >>> model = nn.Sequential(nn.Linear(4, 8), Residual(8), Residual(8), nn.Linear(8, 2))

    Layers are made anew in each call of ``forward``, so each call has weights of its own. The nodes
    of the model are named after the block, ``"residual_1.linear_1"``. Gradients follow from the layers;
    executors need no Python.

    Parameters
    ----------
    name : str, optional
        Made from the class when not given.
    """

    def __init__(self, name=None):
        if name is not None and (not isinstance(name, str) or not name or ":" in name):
            raise ValueError(f"{type(self).__name__}.name: must be a word without ':', got {name!r}")
        self.name = name

    def forward(self, *values):
        """The results on values: a value, or several."""
        raise NotImplementedError(f"{type(self).__name__}.forward")

    def __call__(self, *values):
        before = scopes()
        _here.scopes = (*before, _Scope(self, self.name))
        try:
            return self.forward(*values)
        finally:
            _here.scopes = before


class Lambda(Block):
    """A function of values as a layer.

    >>> nn.Lambda(lambda x: nn.Exp()(x) * 2)

    Parameters
    ----------
    function : function
        Takes values and composes layers and arithmetic.
    name : str, optional
    """

    def __init__(self, function, name=None):
        super().__init__(name)
        self.function = function

    def forward(self, *values):
        return self.function(*values)
