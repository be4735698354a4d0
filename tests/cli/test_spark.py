# SPDX-License-Identifier: Apache-2.0
"""--master, with a shell script in Spark's place, and once with Spark itself."""
import json
import os
import shutil
import subprocess

import pytest

from command import DIST

END = {"event": "end", "accuracy": 0.5, "loss": 1.5, "images_per_s": 1000, "workers": 2,
       "iterations": 10, "groups": 2, "step_ms": 4, "compute_ms": 3, "sync_exposed_ms": 1,
       "schedule_ms": 0.5, "weights_sha256": "ab" * 32}

# Takes "out" from the job and writes a file there, as the driver does.
WRITES_OUT = """
for job; do :; done
out=$(sed 's/.*"out":"\\([^"]*\\)".*/\\1/' "$job")
cp "$job" "$(dirname "$0")/job.json"
printf fitted > "$out"
"""


def train(firesteel, digits, env, *args):
    return firesteel("train", "--model", "lenet5", "--data", f"mnist:{digits}", "--master",
                     "local-cluster[2,1,1024]", *args, env=env)


def test_events_become_words_and_json(firesteel, digits, spark_script, tmp_path):
    progress = {"event": "progress", "epoch": 1, "epochs": 1, "iteration": 5, "iterations": 10,
                "loss": 2.0, "images_per_s": 12345.6, "eta_s": 61, "workers": 2}
    start = {"event": "start", "workers": 2, "rows": 600, "test_rows": 100, "spark": "3.5.9"}
    lines = [start, {"event": "note", "text": "lost executor 1"}, progress,
             {"event": "epoch", "epoch": 1, "loss": 1.75, "accuracy": 0.4321}, END]
    env = spark_script(WRITES_OUT + "".join(f"echo '@firesteel {json.dumps(e)}'\n" for e in lines))
    run = train(firesteel, digits, env, "--out", tmp_path / "model", "--json", tmp_path / "json",
                "--threads", 3, "--group", 7, "--batch", 96, "--lr", 0.1, "--conf", "spark.a=b")
    assert run.code == 0, run.err
    summary, events = run.out.split("\n\n")[:2]
    assert summary.splitlines()[-1].startswith("total")
    assert events.splitlines() == [
        "training on 600 rows, testing on 100, 2 workers of Spark 3.5.9",
        "lost executor 1",
        "epoch 1/1  iteration 5/10  loss 2.0000  12,346 images/s  1:01 left  2 workers",
        "epoch 1 done  loss 1.7500  test accuracy 43.21 %"]
    assert "10 iterations in 2 groups on 2 workers" in run.out
    assert (tmp_path / "model").read_text() == "fitted"
    result = json.loads((tmp_path / "json").read_text())
    assert {k: result[k] for k in END if k != "event"} == {
        k: v for k, v in END.items() if k != "event"}
    job = json.loads((tmp_path / "spark/bin/job.json").read_text())
    assert job["command"] == "train" and job["threads"] == 3 and job["group"] == 7
    assert job["epochs"] == 1 and job["shards"] >= 16
    assert job["fit"]["batch_size"] == 96
    assert job["fit"]["optimizer"] == {"kind": "SGD", "lr": 0.1}
    assert not list((tmp_path / "scratch").iterdir())


def test_a_driver_that_fails_is_one_sentence(firesteel, digits, spark_script, tmp_path):
    event = json.dumps({"event": "error", "text": "shard 3 came back different"})
    env = spark_script(f"echo '@firesteel {event}'; echo trouble >&2; exit 1")
    run = train(firesteel, digits, env, "--out", tmp_path / "model")
    assert run.code == 1
    words, log = run.sentence.split(". Log: ")
    assert words == "shard 3 came back different"
    with open(log) as file:
        assert file.read() == "trouble\n"
    assert not (tmp_path / "model").exists()


def test_everything_is_checked_before_spark_starts(firesteel, digits, spark_script, tmp_path):
    env = spark_script(f"touch {tmp_path}/started")
    for args in (["--lr", "-1"], ["--out", "/no/such/file"], ["--conf", "x=1"]):
        assert train(firesteel, digits, env, *args).code == 1
    assert not (tmp_path / "started").exists()


def test_eval_and_predict(firesteel, digits, spark_script):
    end = {"event": "end", "rows": 100, "accuracy": 0.25, "loss": 2, "images_per_s": 5000}
    env = spark_script(f"echo '@firesteel {json.dumps(end)}'")
    base = ["--model", "lenet5", "--data", f"mnist:{digits}", "--master", "local[2]"]
    run = firesteel("eval", *base, "--json", "-", env=env)
    assert json.loads(run.out)["accuracy"] == 0.25
    env = spark_script(WRITES_OUT + f"""
        i=0; : > "$out"; while [ $i -lt 100 ]; do echo $((i % 10)) >> "$out"; i=$((i + 1)); done
        echo '@firesteel {json.dumps(end)}'""")
    run = firesteel("predict", *base, env=env)
    lines = run.out.splitlines()
    assert len(lines) == 101 and lines[0] == "row,label,prediction" and lines[-1].endswith(",9")


def find_spark():
    cache = os.environ.get("FIRESTEEL_CACHE", os.path.expanduser("~/.cache/firesteel"))
    return os.environ.get("SPARK_HOME") or os.path.isdir(f"{cache}/venv")


@pytest.mark.slow
@pytest.mark.spark
@pytest.mark.skipif(not (DIST / "jars/firesteel.jar").exists(), reason="no jar built")
@pytest.mark.skipif(not (find_spark() and shutil.which("java")), reason="no Spark or Java")
def test_spark_itself_trains_evaluates_and_predicts(firesteel, digits, tmp_path):
    model = tmp_path / "model"
    data = ["--data", f"mnist:{digits}", "--master", "local-cluster[2,1,700]"]
    run = firesteel("train", "--model", "lenet5", *data, "--epochs", 3, "--batch", 20, "--lr", 0.05,
                    "--momentum", 0.9, "--out", model, "--json", tmp_path / "json")
    assert run.code == 0, run.err
    result = json.loads((tmp_path / "json").read_text())
    assert result["workers"] == 2 and result["iterations"] == 90 and result["accuracy"] >= 0.95
    here = firesteel("eval", "--model", model, "--data", f"mnist:{digits}", "--json", "-")
    there = firesteel("eval", "--model", model, *data, "--json", "-")
    assert json.loads(there.out)["accuracy"] == json.loads(here.out)["accuracy"]
    assert json.loads(here.out)["accuracy"] == pytest.approx(result["accuracy"])
    assert (firesteel("predict", "--model", model, *data).out ==
            firesteel("predict", "--model", model, "--data", f"mnist:{digits}").out)


@pytest.mark.slow
@pytest.mark.spark
@pytest.mark.skipif(not (DIST / "examples/lenet").exists(), reason="no example built")
@pytest.mark.skipif(not (DIST / "jars/firesteel.jar").exists(), reason="no jar built")
@pytest.mark.skipif(not (find_spark() and shutil.which("java")), reason="no Spark or Java")
def test_a_cpp_program_trains_on_spark(digits, tmp_path):
    done = subprocess.run([DIST / "examples/lenet", "local-cluster[2,1,700]", f"mnist:{digits}"],
                          cwd=tmp_path, capture_output=True, text=True, timeout=900)
    assert done.returncode == 0, done.stderr
    assert float(done.stdout.split("accuracy ")[-1]) >= 0.9
    assert (tmp_path / "lenet.safetensors").exists()
