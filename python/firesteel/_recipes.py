# SPDX-License-Identifier: Apache-2.0
"""Ready-made fits."""

import json

from firesteel._native import core


def recipe(name):
    """The model and the hyper-parameters that its accuracy was published with.

    >>> model, options = firesteel.recipe("resnet50-8k")
    >>> Trainer(Model.named(model, classes=10), **options).fit(frame)

    Parameters
    ----------
    name : str
        See ``firesteel list recipes``.

    Returns
    -------
    (str, dict)
        The named model, and arguments of :meth:`Model.fit` and :class:`firesteel.spark.Trainer`:
        optimizer, schedule, batch_size, base_batch_size, epochs or iterations, clip_norm; of a
        detector also loss, metrics and stop.

    Raises
    ------
    ValueError
        There is no such recipe.
    """
    doc = json.loads(core.recipe(name))
    return doc["model"], doc["fit"]
