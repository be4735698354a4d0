# SPDX-License-Identifier: Apache-2.0
"""Losses that are made of others, and of layers."""

import json

from firesteel._spec import document
from firesteel.nn import _generated
from firesteel.nn._graph import Graph, Input


def CustomLoss(function, outputs=1):  # noqa: N802, a function that reads like a loss
    """A loss of one's own: layers and arithmetic of outputs and labels.

    >>> loss = nn.CustomLoss(lambda output, labels: nn.Abs()(output - labels))

    Parameters
    ----------
    function : function
        Takes the model's outputs and the labels as values, and returns a value. All of its numbers are
        added, and the loss is the mean over rows. Layers with parameters are refused.
    outputs : int, default 1
        How many outputs of the model it takes.

    Returns
    -------
    GraphLoss
    """
    values = [Input(name=f"output{i}") for i in range(outputs)] + [Input(name="labels")]
    graph = Graph(values, function(*values))
    return _generated.GraphLoss(json.dumps(graph.to_dict()))


class LossTerm:
    """One of several losses that are added.

    >>> loss = [nn.LossTerm(nn.CrossEntropy(), outputs=0, labels=(0, 1)),
    ...         nn.LossTerm(nn.MeanSquaredError(), outputs=1, labels=(1, 5), weight=0.5)]

    Parameters
    ----------
    loss : Loss
    weight : float, default 1
    outputs : int or sequence of int, optional
        Which outputs of the model it looks at; the first ones when not given.
    labels : (int, int), optional
        The first number of a row's labels that it sees, and the one behind the last; all when not given.
    """

    def __init__(self, loss, weight=1.0, outputs=None, labels=None):
        self.loss, self.weight = loss, float(weight)
        self.outputs = [outputs] if isinstance(outputs, int) else list(outputs or [])
        self.labels = list(labels or [])

    def to_dict(self):
        """The document that all languages understand."""
        return {"loss": document(self.loss, "losses", "loss"), "weight": self.weight,
                "outputs": self.outputs, "labels": self.labels}


def loss_document(loss):
    """Of a loss, or of several terms."""
    if isinstance(loss, LossTerm):
        loss = [loss]
    if isinstance(loss, (list, tuple)):
        return [(term if isinstance(term, LossTerm) else LossTerm(term)).to_dict() for term in loss]
    return document(loss, "losses", "loss")
