# SPDX-License-Identifier: Apache-2.0
"""Layers, losses and the two ways to put layers together: :class:`Sequential`, :class:`Graph`."""

from firesteel.nn import _generated
from firesteel.nn._base import Layer, Loss, layer
from firesteel.nn._block import Block, Lambda
from firesteel.nn._generated import *  # noqa: F403
from firesteel.nn._graph import Architecture, Graph, Input, Sequential, Value
from firesteel.nn._losses import CustomLoss, LossTerm

__all__ = [*_generated.__all__, "Architecture", "Block", "CustomLoss", "Graph", "Input", "Lambda",
           "Layer", "Loss", "LossTerm", "Sequential", "Value", "layer"]
