# SPDX-License-Identifier: Apache-2.0
"""Fits beside another framework's: the same rows in the same batches."""
import tempfile

import numpy as np

from firesteel import Model, nn, optim


def epochs_of(model, epochs, batch_size, seed, threads, **options):
    """Fits the model to the (rows, labels) of one epoch after the other and yields after each its mean loss.

    Between epochs with rows of their own a checkpoint keeps the optimizer's state.
    """
    loss = []
    with tempfile.TemporaryDirectory() as folder:
        for number, (x, y) in enumerate(epochs):
            model.fit(x, y, epochs=number + 1, checkpoint=folder, resume=number > 0, batch_size=batch_size,
                      seed=seed, threads=threads, reproducible=True, metrics=[],
                      progress=lambda event: loss.append(event["loss"]) if event["event"] == "epoch" else None,
                      **options)
            yield loss[-1]


def row_orders(rows, epochs, batch_size, seed, threads):
    """Yields for each epoch of such a fit the numbers of its rows, batch by batch.

    A table with a number for each row finds out: a step adds to its own rows alone, and each step more
    than the one before. (Float32 tells them apart while steps x epochs is far below 2^24.)
    """
    table = Model(nn.Sequential(nn.Embedding(rows, 1, init="zeros"), nn.Flatten(), input_shape=(1,)))
    x, y = np.arange(rows, dtype=np.float32)[:, None], np.full(rows, 1e9, np.float32)  # never reached
    before = np.zeros(rows, np.float32)
    for _ in epochs_of(table, [(x, y)] * epochs, batch_size, seed, threads, loss=nn.MeanAbsoluteError(),
                       optimizer=optim.SGD(1), schedule=optim.Linear(1, 2)):
        (now,) = (values.ravel() for values in table.weights().values())
        order = np.argsort(now - before, kind="stable")
        before = now
        yield order
