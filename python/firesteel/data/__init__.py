# SPDX-License-Identifier: Apache-2.0
"""Data sets: as arrays for training here, as DataFrames for training on Spark."""

import numpy as np

from firesteel._native import core

__all__ = ["load", "mnist"]

_DTYPES = {"u8": np.uint8, "f32": np.float32}


def load(spec="mnist", split="train"):
    """A data set that Firesteel knows by name, as arrays.

    Parameters
    ----------
    spec : str, default "mnist"
        ``"mnist"`` or ``"fashion-mnist"``, or either with a folder: ``"mnist:DIR"``.
    split : str, default "train"
        ``"train"`` or ``"test"``.

    Returns
    -------
    x, y : array
        Rows and class ids.
    """
    x, shape, dtype, y = core.load_dataset(spec, split)
    return (np.frombuffer(x, _DTYPES[dtype]).reshape((-1, *shape)), np.frombuffer(y, np.int32))


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
