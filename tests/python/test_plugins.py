# SPDX-License-Identifier: Apache-2.0
"""Plugins: compiled with the compiler alone, used in Python, checked by the command."""

import json
import os
import shutil
import subprocess
import sys

import pytest
from places import DIST, SOURCE

FIRESTEEL = DIST / "bin" / "firesteel"
needs_compiler = pytest.mark.skipif(not shutil.which("g++"), reason="there is no g++")


def compiled(source, to, include=DIST / "include"):
    """As docs/plugins.md says; every warning is an error."""
    subprocess.run(["g++", "-std=c++20", "-O2", "-shared", "-fPIC", "-fvisibility=hidden", "-Wall", "-Wextra",
                    "-Werror", "-I", include, source, "-o", to], check=True)
    return to


@pytest.fixture(scope="module")
def swish(tmp_path_factory):
    source = SOURCE / "examples" / "plugin" / "learned_swish.cc"
    return compiled(source, tmp_path_factory.mktemp("plugin") / "learned_swish.so")


def run(*command):
    env = dict(os.environ, PYTHONPATH=str(DIST / "python"))
    return subprocess.run(list(map(str, command)), capture_output=True, text=True, env=env, timeout=300)


@needs_compiler
def test_in_a_program(swish, tmp_path):
    done = run(sys.executable, SOURCE / "tests" / "python" / "plugin_use.py", swish, tmp_path)
    assert done.returncode == 0 and "all is well" in done.stdout, done.stderr
    # Where the plugin is not loaded, the model's file says what is missing.
    done = run(FIRESTEEL, "inspect", tmp_path / "model.safetensors")
    assert done.returncode == 1
    assert ("model.safetensors: swish: no layer 'LearnedSwish'; if a plugin has it, load that first: --plugin, "
            "load_plugin or Plugins.load. Did you mean 'Hardswish'?") in done.stderr
    done = run(FIRESTEEL, "inspect", tmp_path / "model.safetensors", "--plugin", swish)
    assert done.returncode == 0 and "LearnedSwish" in done.stdout


@needs_compiler
def test_the_headers_that_the_package_brings(tmp_path):
    code = "import firesteel; print(firesteel.include_path())"
    include = run(sys.executable, "-c", code).stdout.strip()
    compiled(SOURCE / "examples" / "plugin" / "learned_swish.cc", tmp_path / "swish.so", include)


@needs_compiler
def test_the_example_of_the_page(tmp_path):
    """docs/plugins.md shows the whole file."""
    text = (SOURCE / "docs" / "plugins.md").read_text()
    (tmp_path / "scaled_tanh.cc").write_text(text.split("```cpp\n")[1].split("```")[0])
    plugin = compiled(tmp_path / "scaled_tanh.cc", tmp_path / "scaled_tanh.so")
    done = run(FIRESTEEL, "check-plugin", plugin)
    assert done.returncode == 0, done.stderr
    assert "scaled_tanh 1.0" in done.stdout and "ScaledTanh  good: gradient within" in done.stdout


LOSS = """
import sys
import numpy as np
import firesteel
from firesteel import nn, optim
pinball = firesteel.load_plugin(sys.argv[1])
loss = nn.CustomLoss(lambda output, labels: pinball.Pinball(quantile=0.9)(output, labels))
y = np.random.default_rng(3).random((1000, 1)).astype(np.float32)
x = np.ones((1000, 1), np.float32)
model = nn.Sequential(nn.Linear(1, 1), input_shape=(1,)).build()
model.fit(x, y, loss=loss, optimizer=optim.SGD(0.05), batch_size=50, epochs=20, metrics=[], progress=False)
assert abs(model.predict(x[:1])[0, 0] - 0.9) < 0.04, model.predict(x[:1])
wanted = np.mean(np.maximum(0.9 * (y - model.predict(x)), -0.1 * (y - model.predict(x))))
assert abs(model.evaluate(x, y, loss=loss, metrics=[])["loss"] - wanted) < 1e-6
"""


@needs_compiler
def test_a_loss(tmp_path):
    plugin = compiled(SOURCE / "examples" / "plugin" / "pinball.cc", tmp_path / "pinball.so")
    done = run(FIRESTEEL, "check-plugin", plugin)
    assert done.returncode == 0, done.stdout + done.stderr
    done = run(sys.executable, "-c", LOSS, plugin)
    assert done.returncode == 0, done.stderr


WRONG = """
#include <firesteel/plugin.hpp>
#include <cmath>
using namespace firesteel::plugin;
struct WrongTanh {
  static auto schema() { return Schema{"WrongTanh", "Its backward forgets the square."}; }
  static Sample<WrongTanh> sample() { return {.in = {{3, 4}}}; }
  Shapes infer(const Shapes& in) const { return {in[0]}; }
  void prepare(Prepare& p) const { p.backward_reads_output(); }
  template <class T> void forward(Run<T>& r) const {
    for (int64_t i = 0; i < numel(r.in()); ++i) r.y()[i] = std::tanh(r.x()[i]);
  }
  template <class T> void backward(Run<T>& r) const {
    for (int64_t i = 0; i < numel(r.in()); ++i) r.dx()[i] = r.dy()[i] * (1 - r.y()[i]);
  }
};
FIRESTEEL_PLUGIN("wrong", "0.1", WrongTanh)
"""


@needs_compiler
def test_check_plugin_sees_a_wrong_gradient(tmp_path):
    (tmp_path / "wrong.cc").write_text(WRONG)
    plugin = compiled(tmp_path / "wrong.cc", tmp_path / "wrong.so")
    done = run(FIRESTEEL, "check-plugin", plugin, "--json", tmp_path / "checks.json")
    assert done.returncode == 1
    assert "WrongTanh  backward does not compute the gradient of forward: it is off by" in done.stdout
    assert done.stderr == f"firesteel: plugin {plugin}: WrongTanh failed the check\n"
    layer, = json.loads((tmp_path / "checks.json").read_text())["layers"]
    assert layer["kind"] == "WrongTanh" and layer["problem"].startswith("backward does not")


@needs_compiler
def test_a_plugin_in_c(tmp_path):
    """The border is C: a description by hand, of another version."""
    (tmp_path / "old.c").write_text("""
#include <firesteel/plugin.h>
static const firesteel_plugin_info info = {sizeof info, FIRESTEEL_PLUGIN_ABI + 1, "old", "1", 0, 0};
const firesteel_plugin_info* firesteel_plugin(void) { return &info; }
""")
    subprocess.run(["gcc", "-std=c99", "-Wall", "-Wextra", "-Werror", "-pedantic", "-shared", "-fPIC", "-I",
                    DIST / "include", tmp_path / "old.c", "-o", tmp_path / "old.so"], check=True)
    done = run(FIRESTEEL, "check-plugin", tmp_path / "old.so")
    assert done.returncode == 1
    assert done.stderr == (
        f"firesteel: plugin {tmp_path}/old.so: made for version 2 of the border to plugins, this Firesteel has "
        "version 1. Compile it again with this Firesteel's headers\n")
