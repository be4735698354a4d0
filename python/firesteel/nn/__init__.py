# SPDX-License-Identifier: Apache-2.0
"""Layers, losses and the two ways to put layers together: :class:`Sequential`, :class:`Graph`."""

from firesteel.nn import _generated
from firesteel.nn._base import Layer, Loss
from firesteel.nn._generated import *  # noqa: F403
from firesteel.nn._graph import Architecture, Graph, Input, Sequential, Value

__all__ = [*_generated.__all__, "Architecture", "Graph", "Input", "Layer", "Loss", "Sequential",
           "Value"]
