# SPDX-License-Identifier: Apache-2.0
"""Layers of a plugin train on executors that get it from Spark, also on those that start later."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from spark_run import DATA, DIST, Run, environment, train_job

pytestmark = [pytest.mark.spark, pytest.mark.slow]
HERE = Path(__file__).resolve().parent
EXAMPLE = DIST / "examples" / "learned_swish.so"
LOSS = DIST / "examples" / "pinball.so"
MISSING = "no layer 'LearnedSwish'; if a plugin has it, load that first: --plugin, load_plugin or Plugins.load"
MODEL = """
import sys, firesteel
from firesteel import nn
swish = firesteel.load_plugin(sys.argv[1])
nn.Sequential(nn.Flatten(), nn.Linear(784, 64), swish.LearnedSwish(channels=64), nn.Linear(64, 10),
              input_shape=(1, 28, 28)).build().save(sys.argv[2])
"""


def python(*command):
    env = dict(environment(), PYTHONPATH=str(DIST / "python"), PYSPARK_PYTHON=sys.executable)
    return subprocess.run([sys.executable, *map(str, command)], env=env, capture_output=True, text=True, timeout=600)


@pytest.fixture
def plugin(tmp_path):
    """A copy, to be deleted: executors must not read it from where the driver did."""
    return Path(shutil.copy(EXAMPLE, tmp_path / "swish.so"))


@pytest.fixture
def job(plugin, tmp_path):
    done = python("-c", MODEL, plugin, tmp_path / "net")
    assert done.returncode == 0, done.stderr
    return train_job(model=str(tmp_path / "net"), plugins=[str(plugin)], iterations=4000, group=10, shards=8)


def test_an_executor_is_killed_and_another_one_comes(tmp_path, plugin, job):
    with Run(tmp_path / "alone", job, "local[1]") as run:
        want = run.end()["weights_sha256"]
    with Run(tmp_path / "run", job, "local-cluster[2,1,1024]") as run:
        run.wait_for("progress", 2)
        assert run.of("start")[0]["workers"] == 2
        os.remove(plugin)
        since = run.kill(run.executors()[0])
        run.until(lambda: next((n for n in run.lost() if n["at"] > since), None))
        joined = run.until(lambda: next((n for n in run.of("note") if n["text"].startswith("joined: ")), None))
        run.until(lambda: any(p["at"] > joined["at"] and p["workers"] == 2 for p in run.of("progress")))
        end = run.end()
    assert end["weights_sha256"] == want and end["lost_workers"] == 1 and end["workers"] == 2, run.story()


def test_evaluates_and_predicts(tmp_path, job):
    out = tmp_path / "fitted"
    with Run(tmp_path / "train", job | dict(out=str(out), iterations=200), "local[2]") as run:
        accuracy = run.end()["accuracy"]
    more = dict(model=str(out), data=DATA, plugins=job["plugins"])
    with Run(tmp_path / "eval", dict(command="eval", **more), "local-cluster[2,1,1024]") as run:
        assert run.end()["accuracy"] == pytest.approx(accuracy, abs=1e-6)
    with Run(tmp_path / "predict", dict(command="predict", **more), "local-cluster[2,1,1024]") as run:
        assert run.end()["rows"] == 10000
    with Run(tmp_path / "without", dict(command="eval", model=str(out), data=DATA), "local[1]") as run:
        assert MISSING in run.error()


def test_trainer(tmp_path, plugin):
    for case in "train", "transform", "without":
        done = python(HERE / "plugin_fit.py", case, plugin, tmp_path)
        assert done.returncode == 0 and done.stdout.endswith("all is well\n"), done.stdout + done.stderr
    assert MISSING in done.stdout


def test_a_loss(tmp_path):
    done = python(HERE / "plugin_fit.py", "loss", LOSS, tmp_path)
    assert done.returncode == 0 and done.stdout.endswith("all is well\n"), done.stdout + done.stderr
