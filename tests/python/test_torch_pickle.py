# SPDX-License-Identifier: Apache-2.0
"""Files that torch.save wrote before version 1.6, as bench reads them: written here by hand, without torch."""

import io
import os
import pickle
import sys
import types
from collections import OrderedDict

import numpy as np
import pytest

from places import SOURCE

sys.path.insert(0, str(SOURCE / "bench"))
from lib import torch_pickle  # noqa: E402


class Tensor:
    """Is written as PyTorch writes a tensor: a part of a storage."""

    def __init__(self, key, offset, shape, strides):
        self.parts = key, offset, shape, strides

    def __reduce__(self):
        key, offset, shape, strides = self.parts
        return sys.modules["torch._utils"]._rebuild_tensor_v2, (Key(key), offset, shape, strides, False, OrderedDict())


class Key(str):
    pass


class Writer(pickle.Pickler):
    def persistent_id(self, thing):
        if isinstance(thing, Key):
            return "storage", sys.modules["torch"].FloatStorage, str(thing), "cpu", 0, None
        return None


@pytest.fixture
def torch_names(monkeypatch):
    """Modules in PyTorch's place, for the names alone that a file has."""
    torch, utils = types.ModuleType("torch"), types.ModuleType("torch._utils")
    torch._utils = utils
    torch.FloatStorage = type("FloatStorage", (), {"__module__": "torch"})

    def _rebuild_tensor_v2(*_):
        raise AssertionError("is only named")

    _rebuild_tensor_v2.__module__, _rebuild_tensor_v2.__qualname__ = "torch._utils", "_rebuild_tensor_v2"
    utils._rebuild_tensor_v2 = _rebuild_tensor_v2
    monkeypatch.setitem(sys.modules, "torch", torch)
    monkeypatch.setitem(sys.modules, "torch._utils", utils)


def written(path, thing, storages, first=torch_pickle.MAGIC):
    file = io.BytesIO()
    for part in [first, 1001, {"little_endian": True}]:
        pickle.dump(part, file, protocol=2)
    Writer(file, protocol=2).dump(thing)
    pickle.dump(list(storages), file, protocol=2)
    for numbers in storages.values():
        file.write(len(numbers).to_bytes(8, "little") + np.asarray(numbers, "<f4").tobytes())
    path.write_bytes(file.getvalue())
    return path


class Harm:
    """Makes a folder where it is unpickled."""

    def __init__(self, folder):
        self.folder = str(folder)

    def __reduce__(self):
        return os.mkdir, (self.folder,)


def test_tensors_are_read(tmp_path, torch_names):
    state = OrderedDict(a=Tensor("1", 0, (2, 3), (3, 1)), turned=Tensor("1", 0, (3, 2), (1, 3)),
                        end=Tensor("1", 4, (2,), (1,)), scalar=Tensor("2", 0, (), ()))
    file = written(tmp_path / "x.th", {"state_dict": state, "epoch": 7}, {"1": range(6), "2": [0.5]})
    read = torch_pickle.load(file)
    assert read["epoch"] == 7
    state = read["state_dict"]
    np.testing.assert_array_equal(state["a"], [[0, 1, 2], [3, 4, 5]])
    np.testing.assert_array_equal(state["turned"], [[0, 3], [1, 4], [2, 5]])
    np.testing.assert_array_equal(state["end"], [4, 5])
    assert state["scalar"] == 0.5


@pytest.mark.parametrize("place", ["first", "object"])
def test_nothing_of_a_file_is_run(tmp_path, torch_names, place):
    harm = Harm(tmp_path / "harm")
    first, thing = (harm, {}) if place == "first" else (torch_pickle.MAGIC, {"state_dict": harm})
    file = written(tmp_path / "x.th", thing, {}, first)
    with pytest.raises(pickle.UnpicklingError, match="refuses posix.mkdir"):
        torch_pickle.load(file)
    assert not (tmp_path / "harm").exists()


def test_another_file_is_told_as_such(tmp_path, torch_names):
    file = written(tmp_path / "x.th", {}, {}, first=17)
    with pytest.raises(ValueError, match="x.th: not in the format of torch.save before version 1.6"):
        torch_pickle.load(file)


@pytest.mark.parametrize("tensor", [Tensor("1", 4, (3,), (1,)), Tensor("1", 0, (2, 3), (4, 1)),
                                    Tensor("1", -1, (2,), (1,)), Tensor("1", 3, (2,), (-4,))])
def test_a_tensor_lies_within_its_storage(tmp_path, torch_names, tensor):
    file = written(tmp_path / "x.th", {"w": tensor}, {"1": range(6)})
    with pytest.raises(ValueError, match="a tensor is not within its storage of 6 numbers"):
        torch_pickle.load(file)


def test_a_file_that_ends_early_is_told_as_such(tmp_path, torch_names):
    file = written(tmp_path / "x.th", {"w": Tensor("1", 0, (6,), (1,))}, {"1": range(6)})
    file.write_bytes(file.read_bytes()[:-4])
    with pytest.raises(ValueError, match="x.th: ends before its numbers do"):
        torch_pickle.load(file)
