# SPDX-License-Identifier: Apache-2.0
"""Layers and losses of one's own: blocks, arithmetic, composites, several outputs, graphs as losses."""

import json

import numpy as np
import pytest

from firesteel import Model, nn, optim


class Residual(nn.Block):
    def __init__(self, features, name=None):
        super().__init__(name)
        self.features = features

    def forward(self, x):
        return x + nn.Tanh()(nn.Linear(self.features, self.features)(x))


def names(model):
    return [node["name"] for node in model.describe()["nodes"]]


def test_a_block_names_its_layers_and_each_has_its_weights():
    net = nn.Sequential(Residual(4), Residual(4, name="second"), Residual(4), nn.Linear(4, 2),
                        input_shape=(4,))
    model = net.build()
    assert names(model) == ["input", "residual_1.linear_1", "residual_1.tanh_1", "residual_1.add_1",
                            "second.linear_1", "second.tanh_1", "second.add_1",
                            "residual_2.linear_1", "residual_2.tanh_1", "residual_2.add_1", "linear_1"]
    weights = model.weights()
    assert not np.array_equal(weights["residual_1.linear_1.weight"], weights["residual_2.linear_1.weight"])


def test_blocks_in_blocks():
    class Two(nn.Block):
        def forward(self, x):
            return Residual(3)(Residual(3)(x))

    x = nn.Input((3,))
    assert names(nn.Graph(x, Two()(x)).build()) == [
        "input", *(f"two_1.residual_{i}.{layer}_1" for i in (1, 2) for layer in ("linear", "tanh", "add"))]


def test_a_block_must_say_what_it_does():
    with pytest.raises(NotImplementedError, match="Empty.forward"):
        type("Empty", (nn.Block,), {})()(nn.Input((1,)))
    with pytest.raises(ValueError, match="Residual.name: must be a word without ':', got 'a:b'"):
        Residual(1, name="a:b")


def test_arithmetic_of_values():
    x, y = nn.Input((3,)), nn.Input((3,), name="y")
    expected = {
        "x + y": x + y, "x + 2": x + 2, "2 + x": 2 + x, "x - y": x - y, "x - 2": x - 2, "2 - x": 2 - x,
        "x * y": x * y, "x * 2": x * 2, "2 * x": 2 * x, "x / y": x / y, "x / 2": x / 2, "2 / x": 2 / x,
        "x ** 2": x ** 2, "-x": -x, "abs(x)": abs(x)}
    a = np.array([[1, -2, 3]], np.float32)
    for text, value in expected.items():
        if "y" in text:  # one input: y is twice x
            continue
        got = nn.Graph(x, value).build().predict(a)
        np.testing.assert_allclose(got, eval(text, {"x": a}), rtol=1e-6, err_msg=text)  # noqa: S307
    for text in "x + y", "x - y", "x * y", "x / y":
        got = nn.Graph(x, eval(text, {"x": x, "y": nn.Exp()(x)})).build().predict(a)  # noqa: S307
        np.testing.assert_allclose(got, eval(text, {"x": a, "y": np.exp(a)}), rtol=1e-5, err_msg=text)  # noqa: S307


def test_another_output_of_a_layer():
    x = nn.Input((4,))
    top = nn.TopK(2)(x)
    model = nn.Graph(x, [nn.Identity()(top.output(1)), top]).build()
    assert model.predict(np.array([[3, 9, 1, 5]], np.float32)).tolist() == [[1, 3]]
    with pytest.raises(ValueError, match="has no output -1"):
        top.output(-1)


def test_layers_as_attributes():
    layer = nn.Bidirectional(nn.LSTM(3, 5), merge="sum")
    assert json.loads(layer.attrs["layer"]) == {"kind": "LSTM", **nn.LSTM(3, 5).attrs}
    assert layer.has_parameters
    model = nn.Sequential(nn.TimeDistributed(nn.Conv2d(2, 3, 2)), layer_of_steps(), nn.Linear(4, 2),
                          input_shape=(5, 2, 3, 3)).build()
    assert "time_distributed_1.layer" in names(model)
    assert model.predict(np.zeros((2, 5, 2, 3, 3), np.float32)).shape == (2, 2)
    with pytest.raises(ValueError, match="Bidirectional.layer: must be recurrent, such as LSTM or GRU, got Tanh"):
        nn.Bidirectional(nn.Tanh())
    with pytest.raises(ValueError, match="TimeDistributed.layer: must be a layer"):
        nn.TimeDistributed("Tanh")


def layer_of_steps():
    return nn.Lambda(lambda x: nn.GRU(12, 4, return_sequences=False)(nn.TimeDistributed(nn.Flatten())(x)))


def rows(count=64):
    rng = np.random.default_rng(5)
    x = rng.normal(size=(count, 4)).astype(np.float32)
    return x, (x @ np.array([[1, 2], [-1, 0], [0, 1], [3, 1]])).astype(np.float32)


def fit(loss, outputs=1, **options):
    x, y = rows()
    value = nn.Input((4,))
    heads = [nn.Linear(4, 2, name=f"head{i}")(value) for i in range(outputs)]
    model = nn.Graph(value, heads).build()
    report = model.fit(x, y, loss=loss, optimizer=optim.SGD(0.05), batch_size=16, epochs=2, metrics=[],
                       threads=1, progress=False, **options)
    return model.weights(), report


def test_a_custom_loss_is_that_of_the_same_formula():
    own, _ = fit(nn.CustomLoss(lambda output, labels: nn.Mean([1])((output - labels) ** 2)))
    built_in, _ = fit(nn.MeanSquaredError())
    for name, weight in own.items():
        np.testing.assert_allclose(weight, built_in[name], rtol=1e-4, atol=1e-6)


def test_a_custom_loss_of_two_outputs():
    loss = nn.CustomLoss(lambda a, b, labels: nn.Mean([1])((a - labels) ** 2 + (b - labels) ** 2), outputs=2)
    own, _ = fit(loss, outputs=2)
    terms, _ = fit([nn.LossTerm(nn.MeanSquaredError(), outputs=i) for i in (0, 1)], outputs=2)
    for name, weight in own.items():
        np.testing.assert_allclose(weight, terms[name], rtol=1e-4, atol=1e-6)


def test_losses_that_do_not_fit():
    with pytest.raises(ValueError, match="GraphLoss.graph: linear_1 has parameters, which a loss must not have"):
        nn.CustomLoss(lambda output, labels: nn.Linear(2, 2)(output) - labels)
    with pytest.raises(ValueError, match="loss.outputs: must be below the number of the model's outputs, 1, got 1"):
        fit([nn.LossTerm(nn.MeanSquaredError(), outputs=1)])


def test_named_models_have_options():
    model = Model.named("resnet20", classes=7)
    assert model.output_shape == (7,)
    with pytest.raises(ValueError, match="resnet20: no attribute 'clases'. Did you mean 'classes'"):
        Model.named("resnet20", clases=7)
