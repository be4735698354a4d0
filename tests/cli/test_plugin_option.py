# SPDX-License-Identifier: Apache-2.0
"""--plugin, in this process and in the job that Spark gets."""
import json

import pytest

from command import DIST

PLUGIN = DIST / "examples" / "learned_swish.so"
NET = {"inputs": [{"name": "input", "shape": [1, 28, 28]}],
       "nodes": [{"name": "flat", "kind": "Flatten", "attrs": {}, "inputs": ["input"]},
                 {"name": "swish", "kind": "LearnedSwish", "attrs": {"init": 2}, "inputs": ["flat"]},
                 {"name": "out", "kind": "Linear", "attrs": {"in_features": 784, "out_features": 10},
                  "inputs": ["swish"]}],
       "outputs": ["out"]}
MISSING = ("no layer 'LearnedSwish'; if a plugin has it, load that first: --plugin, load_plugin or "
           "Plugins.load. Did you mean 'Hardswish'?")


@pytest.fixture
def net(tmp_path):
    (tmp_path / "net.json").write_text(json.dumps(NET))
    return tmp_path / "net.json"


def test_its_layers_are_listed(firesteel):
    run = firesteel("list", "layers", "--plugin", PLUGIN)
    assert run.code == 0, run.err
    line, = [line for line in run.out.splitlines() if line.startswith("LearnedSwish ")]
    assert "channels=1, init=1.0" in line and line.endswith("x sigmoid(beta x), with learned beta.")
    assert "LearnedSwish" not in firesteel("list", "layers").out


def test_trains_evaluates_and_predicts(firesteel, digits, net, tmp_path):
    model, data = tmp_path / "model", f"mnist:{digits}"
    run = firesteel("train", "--model", net, "--data", data, "--epochs", 4, "--batch", 20, "--lr", 0.05,
                    "--plugin", PLUGIN, "--out", model, "--json", tmp_path / "json")
    assert run.code == 0, run.err
    accuracy = json.loads((tmp_path / "json").read_text())["accuracy"]
    assert accuracy > 0.9
    run = firesteel("eval", "--model", model, "--data", data, "--plugin", PLUGIN, "--json", "-")
    assert json.loads(run.out)["accuracy"] == pytest.approx(accuracy)
    run = firesteel("predict", "--model", model, "--data", data, "--plugin", PLUGIN)
    assert run.code == 0 and len(run.out.splitlines()) == 101
    run = firesteel("bench", "infer", "--model", model, "--seconds", 0.1, "--plugin", PLUGIN)
    assert run.code == 0, run.err
    for command in [("eval", "--data", data, "--model"), ("inspect",)]:
        run = firesteel(*command, model)
        assert run.code == 1 and run.sentence.endswith(MISSING)


def test_sentences(firesteel, net, tmp_path):
    assert firesteel("inspect", net, "--plugin", "none.so").sentence == "plugin none.so: no such file"
    (tmp_path / "text.so").write_text("no library")
    sentence = firesteel("inspect", net, "--plugin", tmp_path / "text.so").sentence
    assert sentence.startswith(f"plugin {tmp_path}/text.so: no shared library that can be loaded here: ")
    assert firesteel("inspect", net).sentence.endswith(MISSING)
    run = firesteel("inspect", net, "--plugin", PLUGIN, "--plugin", PLUGIN)
    assert run.code == 0 and "LearnedSwish" in run.out


def test_spark_gets_it(firesteel, digits, net, spark_script):
    env = spark_script('for job; do :; done\ncp "$job" "$(dirname "$0")/job.json"; exit 1')
    firesteel("train", "--model", net, "--data", f"mnist:{digits}", "--master", "local[2]", "--plugin", PLUGIN,
              env=env)
    job = json.loads(open(f"{env['SPARK_HOME']}/bin/job.json").read())
    assert job["plugins"] == [str(PLUGIN)]


def test_check_plugin(firesteel):
    run = firesteel("check-plugin", PLUGIN)
    assert run.code == 0, run.err
    name, layer = run.out.splitlines()
    assert name == "learned_swish 1.0"
    assert layer.startswith("LearnedSwish  good: gradient within ")
    assert layer.endswith(", the same on 1, 2, 3 and 5 threads")
