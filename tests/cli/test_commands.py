# SPDX-License-Identifier: Apache-2.0
"""Commands that do their work, in this process."""
import csv
import json
import os
import pty
import re
import signal
import subprocess
import time

import pytest

from command import FIRESTEEL

KEYS = {"accuracy", "loss", "images_per_s", "workers", "iterations", "groups", "step_ms",
        "compute_ms", "sync_exposed_ms", "schedule_ms", "weights_sha256"}


@pytest.fixture(scope="session")
def trained(firesteel, digits, tmp_path_factory):
    """A run of train with its model and its JSON."""
    folder = tmp_path_factory.mktemp("trained")
    run = firesteel("train", "--model", "lenet5", "--data", f"mnist:{digits}", "--epochs", 8,
                    "--batch", 20, "--lr", 0.05, "--momentum", 0.9, "--threads", 2,
                    "--out", folder / "model.safetensors", "--json", folder / "result.json")
    assert run.code == 0, run.err
    run.model = folder / "model.safetensors"
    run.result = json.loads((folder / "result.json").read_text())
    return run


def test_train_learns_and_tells(trained):
    assert KEYS <= trained.result.keys()
    assert trained.result["accuracy"] >= 0.95
    assert trained.result["workers"] == 1
    assert trained.result["iterations"] == 8 * 30
    assert re.fullmatch("[0-9a-f]{64}", trained.result["weights_sha256"])
    assert trained.err == ""
    assert "training on 600 rows, testing on 100, 1 worker" in trained.out
    summary = trained.out.split("\n\n")[0].splitlines()
    assert summary[0].split() == ["layer", "kind", "output", "parameters"]
    assert summary[1].split() == ["input", "Input", "1x28x28", "0"]
    assert summary[-1].split()[0] == "total"
    assert len(re.findall(r"^epoch \d done  loss", trained.out, re.M)) == 8
    for word in ("compute", "sync", "step", "scheduling", "test accuracy", "saved to"):
        assert word in trained.out
    assert "\x1b" not in trained.out and "\r" not in trained.out


def test_the_saved_model_is_the_one_that_was_measured(firesteel, digits, trained):
    run = firesteel("eval", "--model", trained.model, "--data", f"mnist:{digits}", "--json", "-")
    result = json.loads(run.out)
    assert run.code == 0 and "accuracy" in run.err
    assert result["accuracy"] == pytest.approx(trained.result["accuracy"])
    assert result["rows"] == 100
    shown = firesteel("inspect", trained.model, "--json", "-")
    assert json.loads(shown.out)["weights_sha256"] == trained.result["weights_sha256"]


def test_predictions_agree_with_the_accuracy(firesteel, digits, trained, tmp_path):
    to_stdout = firesteel("predict", "--model", trained.model, "--data", f"mnist:{digits}")
    rows = list(csv.DictReader(to_stdout.out.splitlines()))
    assert [int(r["row"]) for r in rows] == list(range(100))
    right = sum(r["label"] == r["prediction"] for r in rows)
    assert right / 100 == pytest.approx(trained.result["accuracy"])
    file = tmp_path / "p.csv"
    run = firesteel("predict", "--model", trained.model, "--data", f"mnist:{digits}", "--out", file)
    assert run.code == 0 and file.read_text() == to_stdout.out


def test_json_on_stdout_leaves_words_to_stderr(firesteel, digits):
    run = firesteel("train", "--model", "lenet5", "--data", f"mnist:{digits}", "--iterations", 2,
                    "--json", "-")
    assert run.code == 0
    assert KEYS <= json.loads(run.out).keys()
    assert "test accuracy" in run.err


def test_reproducible_weights_do_not_depend_on_threads(firesteel, digits):
    hashes = set()
    for threads in (1, 2):
        run = firesteel("train", "--model", "lenet5", "--data", f"mnist:{digits}", "--iterations",
                        5, "--batch", 50, "--reproducible", "--threads", threads, "--json", "-")
        hashes.add(json.loads(run.out)["weights_sha256"])
    assert len(hashes) == 1


def test_bf16_or_a_line_that_it_is_not(firesteel, digits):
    def train(dtype, **options):
        run = firesteel("train", "--model", "resnet8", "--data", f"mnist:{digits}", "--iterations", 4,
                        "--reproducible", "--dtype", dtype, "--json", "-", **options)
        assert run.code == 0, run.err
        return json.loads(run.out), run.err

    old = {"env": {"ONEDNN_MAX_CPU_ISA": "AVX2"}}
    expected, _ = train("f32", **old)
    got, said = train("bf16", **old)
    assert got["weights_sha256"] == expected["weights_sha256"]
    assert "dtype bf16:" in said and "computes in f32" in said
    expected, _ = train("f32")
    got, said = train("bf16")
    assert got["loss"] == pytest.approx(expected["loss"], rel=0.05)
    assert ("dtype bf16:" in said) == (got["weights_sha256"] == expected["weights_sha256"])


def test_resumed_training_ends_where_the_whole_would(firesteel, digits, tmp_path):
    def weights(iterations, *more):
        run = firesteel("train", "--model", "lenet5", "--data", f"mnist:{digits}", "--iterations",
                        iterations, "--reproducible", "--momentum", 0.9, "--json", "-", *more)
        assert run.code == 0, run.err
        return json.loads(run.out)["weights_sha256"]

    folder = tmp_path / "checkpoints"
    weights(4, "--checkpoint", folder)
    assert weights(9, "--checkpoint", folder, "--resume") == weights(9)


def test_list(firesteel):
    assert "lenet5" in firesteel("list", "models").out
    assert "mnist" in firesteel("list", "datasets").out
    for what in ("layers", "losses", "optimizers", "schedules", "triggers", "metrics"):
        items = json.loads(firesteel("list", what, "--json").out)
        assert items and all({"kind", "doc", "attrs"} <= item.keys() for item in items), what
        table = firesteel("list", what).out.splitlines()
        assert len(table) == len(items)
    assert {"layers", "losses", "optimizers"} <= json.loads(firesteel("list", "schema").out).keys()


def test_inspect(firesteel):
    run = firesteel("inspect", "lenet5")
    assert run.code == 0
    lines = run.out.splitlines()
    assert lines[0].split() == ["node", "kind", "inputs", "output", "parameters"]
    assert ["conv1", "Conv2d", "input", "6x24x24", "156"] in [line.split() for line in lines]
    assert ["total", "22278"] in [line.split() for line in lines]
    cpu = json.loads(firesteel("inspect", "--cpu", "--json", "-").out)
    assert cpu["kernels"] in ("sse41", "avx2", "avx512")
    assert (cpu["bf16"] == "none") == ("bf16" not in cpu["isa"] and "fp16" not in cpu["isa"]
                                       and "amx" not in cpu["isa"] and "avx10" not in cpu["isa"])
    old = firesteel("inspect", "--cpu", env={"ONEDNN_MAX_CPU_ISA": "SSE41"}).out
    assert {"isa: sse41", "kernels: sse41", "bf16: none"} <= set(old.splitlines())


def test_simulate(firesteel, tmp_path):
    def rows(*more):
        run = firesteel("simulate", "--model", "lenet5", "--workers", "1,2,16", "--json", "-", *more)
        assert run.code == 0, run.err
        return json.loads(run.out)["rows"]
    p2p = rows()
    assert [row["workers"] for row in p2p] == [1, 2, 16]
    assert p2p[0]["sync_exposed_ms"] == 0 and p2p[2]["iteration_ms"] > p2p[1]["iteration_ms"]
    # A group's start is behind its first iteration of 2 s; the driver's way has a job for each.
    assert p2p[2]["schedule_ms"] == 0
    assert rows("--sync", "driver")[2]["schedule_ms"] == rows("--group", "1")[2]["schedule_ms"] > 50
    measured = [dict(sync="p2p", workers=n, group=1, rate="1gbit", step_ms=500 + n, sync_exposed_ms=n,
                     schedule_ms=100 + 10 * n) for n in (1, 2, 4, 8)]
    (tmp_path / "paper.json").write_text(json.dumps(dict(entries=measured)))
    fitted = rows("--fit", tmp_path / "paper.json", "--group", 1, "--gbit", 1)
    assert fitted[0]["iteration_ms"] == pytest.approx(611, rel=0.02)
    assert fitted[2]["schedule_ms"] == pytest.approx(260, rel=0.1)


def test_version(firesteel):
    assert re.fullmatch(r"firesteel \d+\.\d+\.\d+\n", firesteel("version").out)
    assert firesteel("--version").out == firesteel("version").out


def test_bench(firesteel):
    run = firesteel("bench", "train", "--model", "lenet5", "--batch", 32, "--threads", 1,
                    "--seconds", 0.2, "--json", "-")
    assert run.code == 0
    figures = json.loads(run.out)
    assert figures["images_per_s"] > 0 and figures["memory_mb"] > 1
    # convolutions of 6x24x24 and 12x8x8 results, two linear layers; three directions
    mflop = 2 * (6 * 24 * 24 * 25 + 12 * 8 * 8 * 6 * 25 + 192 * 100 + 100 * 10) / 1e6
    assert figures["gflops"] * figures["step_ms"] == pytest.approx(32 * 3 * mflop, rel=1e-6)
    assert figures["gemm_peak_gflops"] > 1


def test_bench_of_layers_is_the_table_alone(firesteel):
    run = firesteel("bench", "layers", "--model", "lenet5", "--batch", 8, "--seconds", 0.1)
    assert run.code == 0 and run.out.startswith("node ")
    assert re.search(r"^conv1 +Conv2d ", run.out, re.MULTILINE)


@pytest.mark.parametrize("mode", ["replicas", "split"])
def test_bench_times_every_layer(firesteel, mode):
    run = firesteel("bench", "train", "--model", "resnet8", "--batch", 8, "--threads", 2, "--mode",
                    mode, "--seconds", 0.2, "--profile", "--json", "-")
    assert run.code == 0
    nodes = json.loads(run.out)["profile"]
    assert sum(node["share"] for node in nodes) == pytest.approx(1)
    times = {node["node"]: node for node in nodes}
    assert times["conv1"]["kind"] == "Conv2d" and times["conv1"]["gflops"] > 0
    assert "bn1" in times and "relu" not in times  # done within bn1
    assert "forward ms" in run.err


def on_terminal(args, **env):
    """Runs the command on a terminal of its own; returns what appeared there."""
    master, slave = pty.openpty()
    process = subprocess.Popen([str(FIRESTEEL), *map(str, args)], stdin=slave, stdout=slave,
                               stderr=slave, env={**os.environ, "TERM": "xterm", **env})
    os.close(slave)
    shown = b""
    while True:
        try:
            part = os.read(master, 4096)
        except OSError:
            break
        if not part:
            break
        shown += part
    os.close(master)
    assert process.wait(timeout=60) == 0, shown
    return shown.decode()


def test_a_terminal_has_one_line_that_is_rewritten(firesteel, digits):
    args = ["train", "--model", "lenet5", "--data", f"mnist:{digits}", "--iterations", 5]
    shown = on_terminal(args)
    assert "\r\x1b[Kepoch 1/1  iteration " in shown
    for word in ("loss", "images/s", "left", "1 worker"):
        assert word in shown
    assert "\x1b[1m" in shown
    assert "\x1b[1m" not in on_terminal(args, NO_COLOR="1")


def test_an_interrupted_fit_leaves_a_checkpoint_and_no_model(firesteel, digits, tmp_path):
    process = subprocess.Popen(
        [str(FIRESTEEL), "train", "--model", "lenet5", "--data", f"mnist:{digits}", "--epochs",
         "100000", "--checkpoint", str(tmp_path / "c"), "--out", str(tmp_path / "model")],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert any("training on" in line for line in process.stdout)
    time.sleep(1)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=60)
    assert process.returncode == -signal.SIGINT
    assert list((tmp_path / "c").iterdir())
    assert not (tmp_path / "model").exists()
