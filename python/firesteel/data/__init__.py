# SPDX-License-Identifier: Apache-2.0
"""Data sets: as arrays for training here, as DataFrames for training on Spark."""

import numpy as np

from firesteel._native import core

__all__ = ["load", "mnist"]

_DTYPES = {"u8": np.uint8, "f32": np.float32, "s32": np.int32}


def load(spec="mnist", split="train"):
    """A data set that Firesteel knows by name, as arrays.

    Parameters
    ----------
    spec : str, default "mnist"
        ``"mnist"`` or ``"fashion-mnist"``, or either with a folder: ``"mnist:DIR"``;
        ``"synthetic:SHAPE/CLASSES/ROWS"``; ``"examples:MODEL"`` for rows made up for a named model.
    split : str, default "train"
        ``"train"`` or ``"test"``.

    Returns
    -------
    x, y : array
        Rows, and class ids or numbers.
    """
    x, x_shape, x_dtype, y, y_shape, y_dtype = core.load_dataset(spec, split)
    return (np.frombuffer(x, _DTYPES[x_dtype]).reshape((-1, *x_shape)),
            np.frombuffer(y, _DTYPES[y_dtype]).reshape((-1, *y_shape)))


def mnist(spark, dir=None, name="mnist"):  # noqa: A002
    """MNIST (or its like) as two DataFrames with the columns "features" and "label".

    Parameters
    ----------
    spark : SparkSession
    dir : str, optional
        Folder with the four IDX files; where ``./dev setup`` puts them when not given.
    name : str, default "mnist"
        ``"mnist"`` or ``"fashion-mnist"``.

    Returns
    -------
    train, test : DataFrame
    """
    from firesteel.spark import _jvm  # needs pyspark, which arrays do not

    spec = f"{name}:{dir}" if dir else name
    return tuple(_jvm.read(spark, spec, split) for split in ("train", "test"))
