# SPDX-License-Identifier: Apache-2.0
"""Uses a plugin as a program does; a process of its own, since plugins are not unloaded.

plugin_use.py PLUGIN FOLDER
"""

import inspect
import sys

import numpy as np

import firesteel
from firesteel import Model, nn, optim

plugin, folder = sys.argv[1:]


def raises(kind, text, action):
    try:
        action()
    except kind as error:
        assert text in str(error), error
        return
    raise AssertionError(f"no {kind.__name__} with {text!r}")


raises(ValueError, "no layer 'LearnedSwish'", lambda: nn.layer("LearnedSwish"))
raises(firesteel.SystemError, "plugin /no/such.so: no such file",
       lambda: firesteel.load_plugin("/no/such.so"))
raises(firesteel.SystemError, "no shared library that can be loaded here",
       lambda: firesteel.load_plugin(__file__))

swish = firesteel.load_plugin(plugin)
assert swish.kinds == ["LearnedSwish"] and (swish.name, swish.version) == ("learned_swish", "1.0")
assert repr(swish) == "Plugin('learned_swish' 1.0: LearnedSwish)"
assert firesteel.load_plugin(plugin).kinds == swish.kinds
raises(AttributeError, "plugin learned_swish: no layer 'Swish'; there are LearnedSwish", lambda: swish.Swish)
assert str(inspect.signature(swish.LearnedSwish)) == "(*, channels=1, init=1.0, name=None)"
assert "channels : int, default 1\n    1, or as many as the input has" in swish.LearnedSwish.__doc__

layer = swish.LearnedSwish(channels=8, name="swish")
assert repr(layer) == "LearnedSwish(channels=8)" and layer.name == "swish" and layer.has_parameters
assert nn.layer("LearnedSwish", channels=8).to_dict() == layer.to_dict()
raises(ValueError, "LearnedSwish.channels: must be > 0, got 0",
       lambda: swish.LearnedSwish(channels=0))
raises(ValueError, "LearnedSwish: no attribute 'chanels'. Did you mean 'channels'?",
       lambda: swish.LearnedSwish(chanels=3))
raises(ValueError, "swish: input must have 8 channels, got [1, 9]",
       lambda: nn.Sequential(layer, input_shape=(9,)).build().describe())

rng = np.random.default_rng(3)
y = rng.integers(0, 4, 800).astype(np.int32)
x = rng.normal(0, 0.5, (800, 6)).astype(np.float32)
x[np.arange(800), y] += 3
net = nn.Sequential(nn.Linear(6, 8), layer, nn.Linear(8, 4), input_shape=(6,))
model = net.build()
first = model.weights()["swish.beta"]
assert np.array_equal(first, np.ones(8))
model.fit(x, y, optimizer=optim.SGD(0.2), batch_size=32, epochs=6, progress=False)
assert model.evaluate(x, y)["accuracy"] > 0.95
beta = model.weights()["swish.beta"]
assert not np.allclose(beta, first)

# The formula, by NumPy.
alone = nn.Sequential(nn.layer("LearnedSwish", init=1.7), input_shape=(6,)).build()
assert np.allclose(alone.predict(x), x / (1 + np.exp(-1.7 * x)), atol=1e-5)

model.save(f"{folder}/model.safetensors")
assert np.array_equal(Model.load(f"{folder}/model.safetensors").predict(x), model.predict(x))
print("all is well")
