# SPDX-License-Identifier: Apache-2.0
"""Reads what torch.save wrote before PyTorch 1.6, without torch and without running anything from the file.

Such a file is a row of pickles: a magic number, a version, facts of the machine, the object, and the keys of its
storages; then for each key how many numbers there are, and the numbers themselves.
"""
import collections
import pickle
import struct

import numpy as np

MAGIC = 0x1950A86A20F9469CFC6C
TYPES = {"FloatStorage": "<f4", "DoubleStorage": "<f8", "LongStorage": "<i8", "IntStorage": "<i4", "HalfStorage": "<f2"}


class Tensor:
    """A part of a storage, until the numbers have been read."""

    def __init__(self, storage, offset, shape, strides, *_):
        self.storage, self.offset, self.shape, self.strides = storage, offset, shape, strides

    def array(self, numbers):
        of = numbers[self.storage]
        strides = [stride * of.itemsize for stride in self.strides]
        return np.lib.stride_tricks.as_strided(of[self.offset:], self.shape, strides).copy()


class Reader(pickle.Unpickler):
    KNOWN = {("collections", "OrderedDict"): collections.OrderedDict, ("torch._utils", "_rebuild_tensor"): Tensor,
             ("torch._utils", "_rebuild_tensor_v2"): Tensor, ("torch", "Size"): tuple,
             ("torch._utils", "_rebuild_parameter"): lambda tensor, *_: tensor}

    def __init__(self, file):
        super().__init__(file)
        self.types = {}

    def find_class(self, module, name):
        if module == "torch" and name in TYPES:
            return TYPES[name]
        if (module, name) not in self.KNOWN:
            raise pickle.UnpicklingError(f"refuses {module}.{name}")
        return self.KNOWN[module, name]

    def persistent_load(self, what):
        _, type_, key, _, _, view = what
        if view is not None:
            raise pickle.UnpicklingError("views of storages are not read")
        self.types[key] = type_
        return key


def arrays_of(thing, numbers):
    if isinstance(thing, Tensor):
        return thing.array(numbers)
    if isinstance(thing, dict):
        return {name: arrays_of(value, numbers) for name, value in thing.items()}
    return thing


def load(path):
    """The object, with arrays for tensors."""
    with open(path, "rb") as file:
        if pickle.load(file) != MAGIC:  # noqa: S301, a number
            raise ValueError(f"{path}: not in the format of torch.save before version 1.6")
        Reader(file).load()
        Reader(file).load()
        reader = Reader(file)
        thing = reader.load()
        numbers = {}
        for key in Reader(file).load():
            (count,) = struct.unpack("<q", file.read(8))
            type_ = np.dtype(reader.types[key])
            numbers[key] = np.frombuffer(file.read(count * type_.itemsize), type_)
    return arrays_of(thing, numbers)
