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
        last = self.offset + sum((size - 1) * stride for size, stride in zip(self.shape, self.strides))
        # NumPy does not check it, and would read what lies beside the numbers.
        if self.offset < 0 or min(self.strides, default=0) < 0 or (0 not in self.shape and last >= len(of)):
            raise ValueError(f"a tensor is not within its storage of {len(of)} numbers")
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
        if Reader(file).load() != MAGIC:
            raise ValueError(f"{path}: not in the format of torch.save before version 1.6")
        Reader(file).load()
        Reader(file).load()
        reader = Reader(file)
        thing = reader.load()
        numbers = {}
        for key in Reader(file).load():
            type_ = np.dtype(reader.types[key])
            (count,) = struct.unpack("<q", file.read(8))
            data = file.read(count * type_.itemsize)
            if len(data) != count * type_.itemsize:
                raise ValueError(f"{path}: ends before its numbers do")
            numbers[key] = np.frombuffer(data, type_)
    return arrays_of(thing, numbers)
