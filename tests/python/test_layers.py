# SPDX-License-Identifier: Apache-2.0
"""Layers and other kinds: arguments, documents and error texts."""

import inspect

import numpy as np
import pytest

from firesteel import metrics, nn, optim


def test_arguments_by_position_and_name():
    conv = nn.Conv2d(1, 6, 5, stride=2)
    assert conv.kind == "Conv2d"
    assert conv.attrs["kernel_size"] == 5 and conv.attrs["stride"] == 2
    assert nn.MaxPool2d(2).attrs["kernel_size"] == 2
    assert nn.MaxPool2d(kernel_size=(3, 2)).attrs["kernel_size"] == [3, 2]
    assert repr(nn.Add()) == "Add()" and repr(nn.ELU(0.5)) == "ELU(alpha=0.5)"


def test_numpy_numbers_are_numbers():
    assert nn.Linear(np.int64(3), np.int32(2)).attrs["in_features"] == 3
    assert nn.Conv2d(1, 2, np.array([3, 3])).attrs["kernel_size"] == [3, 3]
    assert optim.SGD(np.float32(0.5)).attrs["lr"] == 0.5


@pytest.mark.parametrize("make, text", [
    (lambda: nn.Conv2d(0, 6, 5), "Conv2d.in_channels: must be > 0, got 0"),
    (lambda: nn.Conv2d(1, 6, "5"), "Conv2d.kernel_size: expected ints, got '5'"),
    (lambda: nn.Conv2d(1, 6, (5, 5, 5)),
     "Conv2d.kernel_size: must be one or two numbers >= 1, got [5, 5, 5]"),
    (lambda: nn.Conv2d(1, 6, 5, bias=1), "Conv2d.bias: expected bool, got 1"),
    (lambda: nn.Conv2d(3, 6, 5, groups=2),
     "Conv2d.groups: must divide in_channels and out_channels, got 2 for 3 channels"),
    (lambda: nn.Dropout(1.0), "Dropout.p: must be >= 0 and < 1, got 1"),
    (lambda: nn.Linear(3, object()),
     "Linear: expected a bool, number, string or sequence of numbers, got <object"),
    (lambda: nn.Tanh(name="a:b"), "Tanh.name: must be a word without ':', got 'a:b'"),
    (lambda: optim.SGD(lr=-1), "SGD.lr: must be > 0, got -1"),
    (lambda: optim.SGD(nesterov=True), "SGD.nesterov: needs momentum > 0, got momentum 0"),
    (lambda: metrics.Accuracy(0), "Accuracy.top_k: must be > 0, got 0"),
])
def test_error_texts(make, text):
    with pytest.raises(ValueError) as error:
        make()
    assert str(error.value).startswith(text)


def test_unknown_argument_is_a_type_error():
    with pytest.raises(TypeError, match="kernel"):
        nn.Conv2d(1, 6, kernel=5)


def test_documents_and_equality():
    assert optim.SGD(0.1, momentum=0.9).to_dict() == {
        "kind": "SGD", "lr": 0.1, "momentum": 0.9, "weight_decay": 0.0, "nesterov": False,
        "dampening": 0.0}
    assert optim.SGD(0.1) == optim.SGD(lr=0.1) and optim.SGD(0.1) != optim.SGD(0.2)
    assert nn.Linear(1, 1) != nn.Linear(1, 1)  # each has weights of its own
    assert nn.Linear(1, 1).has_parameters and not nn.Tanh().has_parameters


@pytest.mark.parametrize("module", [nn, optim, metrics])
def test_every_class_has_a_numpy_docstring(module):
    for name in module._generated.__all__:
        kind = getattr(module, name)
        assert inspect.getdoc(kind)
        if [p for p in inspect.signature(kind).parameters if p != "name"]:
            assert "Parameters\n----------" in inspect.getdoc(kind), name
