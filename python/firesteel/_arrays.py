# SPDX-License-Identifier: Apache-2.0
"""NumPy arrays as the rows and labels that the core takes."""

import numpy as np

from firesteel._native import core

CHUNK_BYTES = 64 << 20  # of rows that are handed over at once for prediction


def rows(x, shape=None):
    """Rows as contiguous uint8 (0..255 stands for 0..1) or float32, of the model's shape.

    A row may lack extents of one, or be flat.
    """
    x = np.asarray(x)
    if x.ndim == 0 or x.dtype.kind not in "fiub":
        raise ValueError(f"x: must be an array of rows of numbers, got {x.dtype} of shape {x.shape}")
    if x.dtype != np.uint8:
        x = x.astype(np.float32, copy=False)
    if shape is not None and x.shape[1:] != tuple(shape):
        squeezed = [extent for extent in x.shape[1:] if extent != 1]
        same = squeezed == [extent for extent in shape if extent != 1]
        if same or x.shape[1:] == (int(np.prod(shape)),):
            x = x.reshape((len(x), *shape))
    return np.ascontiguousarray(x)


def labels(y):
    """Labels as int32 class ids or float32 numbers."""
    y = np.asarray(y)
    if y.dtype.kind in "iub":
        if y.size and (y.max() > np.iinfo(np.int32).max or y.min() < np.iinfo(np.int32).min):
            raise ValueError("y: class ids must fit into 32 bits")
        return np.ascontiguousarray(y, dtype=np.int32)
    if y.dtype.kind == "f":
        return np.ascontiguousarray(y, dtype=np.float32)
    raise ValueError(f"y: must be an array of numbers, got {y.dtype}")


def _finite(name, values):
    values = values.reshape(len(values), -1)
    if values.dtype.kind == "f" and not np.isfinite(values).all():
        bad = np.flatnonzero(~np.isfinite(values).all(axis=1))
        raise ValueError(f"{name}: must be finite numbers, {len(bad)} of {len(values)} rows are not, the first is row {bad[0]}")


def block(x, y, shape=None):
    """Rows and labels to train on as one block."""
    x, y = rows(x, shape), labels(y)
    _finite("x", x)
    _finite("y", y)
    return core.pack(x, y)


def chunks(x, y, shape):
    """Blocks of at most CHUNK_BYTES; y None: without labels."""
    x = rows(x, shape)
    y = np.zeros(len(x), np.int32) if y is None else labels(y)
    if len(x) != len(y):
        raise ValueError(f"x and y must have the same number of rows, got {len(x)} and {len(y)}")
    step = max(1, CHUNK_BYTES // max(1, x[:1].nbytes))
    for begin in range(0, len(x), step):
        yield core.pack(x[begin:begin + step], y[begin:begin + step])
