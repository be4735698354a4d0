# SPDX-License-Identifier: Apache-2.0
"""Models written as chains and as graphs."""

import numpy as np
import pytest

from firesteel import Model, nn
from firesteel.nn._graph import snake_case


def residual():
    x = nn.Input((4, 6, 6))
    y = nn.ReLU()(nn.Conv2d(4, 4, 3, padding=1, name="conv")(x))
    return nn.Graph(inputs=x, outputs=nn.Add()(x, y))


def test_sequential_names_its_nodes_as_the_core_does():
    graph = nn.Sequential(nn.Conv2d(1, 6, 5), nn.MaxPool2d(2), nn.Conv2d(6, 2, 5)).to_dict()
    assert [node["name"] for node in graph["nodes"]] == ["conv2d_1", "max_pool2d_1", "conv2d_2"]
    assert graph["inputs"] == [{"name": "input", "shape": []}]
    assert graph["outputs"] == ["conv2d_2"]
    assert snake_case("GlobalAvgPool2d") == "global_avg_pool2d" and snake_case("SGD") == "sgd"


def test_sequentials_nest_and_grow():
    block = nn.Sequential(nn.Linear(4, 4), nn.Tanh())
    model = nn.Sequential(nn.Flatten(), block, input_shape=4).add(nn.Linear(4, 2))
    assert [layer.kind for layer in model.layers] == ["Flatten", "Linear", "Tanh", "Linear"]
    assert model.build().output_shape == (2,)


def test_graph_keeps_the_order_in_which_it_was_written():
    graph = residual().to_dict()
    assert [node["name"] for node in graph["nodes"]] == ["conv", "re_lu_1", "add_1"]
    assert graph["nodes"][2]["inputs"] == ["input", "re_lu_1"]
    model = residual().build(seed=3)
    x = np.random.default_rng(1).normal(size=(2, 4, 6, 6)).astype(np.float32)
    assert model.predict(x).shape == (2, 4, 6, 6)


def test_a_sequential_is_a_part_of_a_graph():
    x = nn.Input(3)
    y = nn.Sequential(nn.Linear(3, 3), nn.Tanh())(x)
    assert nn.Graph(x, nn.Add()(x, y)).build().describe()["params"] == 12


def test_layers_without_weights_may_be_used_twice():
    tanh = nn.Tanh()
    assert len(nn.Sequential(tanh, nn.Linear(2, 2), tanh).to_dict()["nodes"]) == 3


@pytest.mark.parametrize("make, text", [
    (lambda: nn.Sequential(*[nn.Linear(2, 2)] * 2).to_dict(),
     "Linear: one layer object stands in two places; nodes do not share weights"),
    (lambda: nn.Sequential(nn.Tanh(name="a"), nn.ReLU(name="a")).to_dict(),
     "Graph: two nodes are named 'a'"),
    (lambda: nn.Sequential().to_dict(), "Sequential: needs at least one layer"),
    (lambda: nn.Sequential(nn.CrossEntropy()), "Sequential: takes layers, got CrossEntropy("),
    (lambda: nn.Tanh()(np.zeros(3)), "Tanh: is called with values such as nn.Input"),
    (lambda: nn.Graph(nn.Input(2), nn.Tanh()(nn.Input(2))), "Graph.inputs: Input((2,)"),
    (lambda: nn.Input((1, 0)), "Input.shape: extents must be > 0, got (1, 0)"),
    (lambda: nn.Sequential(nn.Linear(3, 2), nn.Linear(3, 2), input_shape=3).build().describe(),
     "linear_2: input must be rows of 3 numbers, got [2]"),
    (lambda: Model(nn.Sequential(nn.Add(), input_shape=3)).describe(), "add_1: "),
])
def test_error_texts(make, text):
    with pytest.raises(ValueError) as error:
        make()
    assert str(error.value).startswith(text)
