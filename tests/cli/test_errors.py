# SPDX-License-Identifier: Apache-2.0
"""Wrong inputs: each gives one clear sentence, an exit code other than 0, and leaves no file."""
import json
import socket

import pytest


def train(firesteel, *args, **options):
    return firesteel("train", "--model", "lenet5", *args, **options)


def graph(*nodes, shape=(1, 28, 28)):
    return json.dumps({
        "inputs": [{"name": "input", "shape": list(shape)}],
        "nodes": [{"name": n, "kind": k, "attrs": a, "inputs": i} for n, k, a, i in nodes],
        "outputs": [nodes[-1][0]]})


def test_missing_data(firesteel, tmp_path):
    run = train(firesteel, "--data", f"mnist:{tmp_path}/none")
    assert run.code == 1
    assert run.sentence == (
        f"data: no {tmp_path}/none/train-images-idx3-ubyte (or .idx3-ubyte, with or without .gz). "
        "Run ./dev setup, or name the folder: --data NAME:DIR")


def test_missing_data_in_the_cache(firesteel, tmp_path):
    run = train(firesteel, "--data", "mnist", env={"FIRESTEEL_CACHE": str(tmp_path)})
    assert run.code == 1
    assert run.sentence.startswith(f"data: no {tmp_path}/data/mnist/train-images-idx3-ubyte")


def test_unknown_data_set(firesteel):
    run = train(firesteel, "--data", "imagenet")
    assert run.code == 1
    assert run.sentence == "data: no data set 'imagenet'; there are examples, fashion-mnist, mnist, synthetic"


def test_truncated_idx(firesteel, digits, tmp_path):
    for file in digits.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    images = tmp_path / "train-images-idx3-ubyte"
    images.write_bytes(images.read_bytes()[:1000])
    run = train(firesteel, "--data", f"mnist:{tmp_path}", "--out", tmp_path / "model")
    assert run.code == 1
    assert run.sentence == (
        f"{images}:1000: truncated, the header announces 470416 bytes. Fetch the file again")
    assert not (tmp_path / "model").exists()


def test_unknown_model(firesteel, digits):
    run = firesteel("train", "--model", "lenet", "--data", f"mnist:{digits}")
    assert run.code == 1
    assert run.sentence == ("no model 'lenet'. Did you mean 'lenet5'? See firesteel list models, or "
                            "give a file")


def test_model_file_that_is_not_there(firesteel, digits):
    run = firesteel("train", "--model", "no/such.model", "--data", f"mnist:{digits}")
    assert (run.code, run.sentence) == (1, "no/such.model: no such file")


@pytest.mark.parametrize("options, sentence", [
    (["--optimizer", "SGD:lr=0.1,speed=3"], "SGD: no attribute 'speed'"),
    (["--optimizer", "Adamant"], "no optimizer 'Adamant'"),
    (["--lr", "-1"], "SGD.lr: must be > 0, got -1"),
    (["--schedule", "Poly:0.5"], "schedule: must be KIND or KIND:name=value,..., got 'Poly:0.5'"),
    (["--loss", "{\"kind\":"], "loss: not valid JSON"),
])
def test_unusable_attributes(firesteel, digits, options, sentence):
    run = train(firesteel, "--data", f"mnist:{digits}", *options)
    assert run.code == 1
    assert sentence in run.sentence


def test_loss_weights_that_are_not_the_outputs(firesteel, digits):
    run = train(firesteel, "--data", f"mnist:{digits}", "--loss-weights", 1, 0.3)
    assert run.code == 1
    assert run.sentence == "loss_weights: must be one for each of the model's outputs, 1, got 2"


def test_unknown_attribute_in_a_model(firesteel, digits, tmp_path):
    file = tmp_path / "net.json"
    file.write_text(graph(("flatten", "Flatten", {}, ["input"]),
                          ("fc", "Linear", {"in_features": 784, "out_features": 10, "biass": True},
                           ["flatten"])))
    run = firesteel("train", "--model", file, "--data", f"mnist:{digits}")
    assert run.code == 1
    assert str(file) in run.sentence and "no attribute 'biass'" in run.sentence


def test_shape_mismatch_in_a_model(firesteel, digits, tmp_path):
    file = tmp_path / "net.json"
    file.write_text(graph(("flatten", "Flatten", {}, ["input"]),
                          ("fc", "Linear", {"in_features": 100, "out_features": 10}, ["flatten"])))
    run = firesteel("train", "--model", file, "--data", f"mnist:{digits}")
    assert run.code == 1
    assert str(file) in run.sentence
    assert "fc: input must be rows of 100 numbers, got [784]" in run.sentence


def test_model_for_other_data(firesteel, digits, tmp_path):
    file = tmp_path / "net.json"
    file.write_text(graph(("flatten", "Flatten", {}, ["input"]),
                          ("fc", "Linear", {"in_features": 12, "out_features": 10}, ["flatten"]),
                          shape=(3, 2, 2)))
    run = firesteel("train", "--model", file, "--data", f"mnist:{digits}")
    assert run.code == 1
    assert str(file) in run.sentence and "[1, 28, 28]" in run.sentence and "[3, 2, 2]" in run.sentence


def test_unreachable_master(firesteel, digits, spark_script):
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        port = s.getsockname()[1]
    master = f"spark://127.0.0.1:{port}"
    run = train(firesteel, "--data", f"mnist:{digits}", "--master", master, env=spark_script(""))
    assert run.code == 1
    assert run.sentence == (f"master: nobody answers at {master} (Connection refused). Start the "
                            "cluster, or correct --master")


def test_text_that_is_no_master(firesteel, digits):
    run = train(firesteel, "--data", f"mnist:{digits}", "--master", "cluster")
    assert run.code == 1
    assert run.sentence.startswith("master: must be local[N], local-cluster[WORKERS,CORES,MB], ")


@pytest.mark.parametrize("damage, rest", [
    (lambda b: b[:len(b) // 2], "The file is truncated or damaged; copy it again"),
    (lambda b: b[:5], ":0: not a safetensors file, it has only 5 bytes"),
    (lambda b: b"\xff" * 8 + b[8:], ":0: not a safetensors file, its header would have"),
    (lambda b: b + b"more", ": 4 bytes after the last tensor belong to nobody"),
])
def test_corrupted_model(firesteel, digits, tmp_path, damage, rest):
    good = tmp_path / "model"
    assert train(firesteel, "--data", f"mnist:{digits}", "--iterations", 1, "--out", good).code == 0
    good.write_bytes(damage(good.read_bytes()))
    for command in (["eval", "--data", f"mnist:{digits}", "--model"], ["inspect"]):
        run = firesteel(*command, good)
        assert run.code == 1
        assert run.sentence.startswith(str(good)) and rest in run.sentence


def test_spark_that_is_not_there(firesteel, digits, tmp_path):
    jar = tmp_path / "firesteel.jar"
    jar.write_text("jar")
    run = train(firesteel, "--data", f"mnist:{digits}", "--master", "local[1]",
                env={"SPARK_HOME": None, "FIRESTEEL_CACHE": str(tmp_path), "PATH": str(tmp_path),
                     "FIRESTEEL_JAR": str(jar)})
    assert run.code == 1
    assert run.sentence == (
        "Spark: not found. Set SPARK_HOME, or pip install pyspark, or run ./dev setup")


def test_jar_that_is_not_there(firesteel, digits, spark_script):
    env = {**spark_script(""), "FIRESTEEL_JAR": "/no/such.jar"}
    run = train(firesteel, "--data", f"mnist:{digits}", "--master", "local[1]", env=env)
    assert (run.code, run.sentence) == (1, "jar: FIRESTEEL_JAR is /no/such.jar, which is not a file")


def test_places_that_cannot_be_written(firesteel, digits, tmp_path):
    data = ["--data", f"mnist:{digits}"]
    for option in ("--out", "--json"):
        run = train(firesteel, *data, option, tmp_path / "none/file")
        assert run.code == 1
        assert run.sentence == (
            f"{option[2:]}: cannot write {tmp_path}/none/file, No such file or directory")
    run = train(firesteel, *data, "--out", tmp_path)
    assert run.sentence == f"out: cannot write {tmp_path}, it is a folder"


def test_resume_without_a_checkpoint(firesteel, digits, tmp_path):
    run = train(firesteel, "--data", f"mnist:{digits}", "--checkpoint", tmp_path / "c", "--resume")
    assert run.code == 1
    assert run.sentence == (f"resume: no checkpoint in {tmp_path}/c. Train without --resume first, "
                            "or correct --checkpoint")


@pytest.mark.parametrize("args, text", [
    ([], "A subcommand is required; see firesteel --help"),
    (["trian"], "see firesteel --help"),
    (["train"], "--data is required; see firesteel train --help"),
    (["train", "--model", "m", "--data", "d", "--epochs", "0"], "see firesteel train --help"),
    (["train", "--model", "m", "--data", "d", "--group", "all"],
     "--group: must be auto or a number > 0, got 'all'; see firesteel train --help"),
    (["train", "--model", "m", "--data", "d", "--epochs", "1", "--iterations", "1"],
     "--epochs excludes --iterations; see firesteel train --help"),
    (["train", "--model", "m", "--data", "d", "--resume"],
     "--resume requires --checkpoint; see firesteel train --help"),
    (["train", "--model", "m", "--data", "d", "--conf", "spark.x=1"],
     "--conf requires --master; see firesteel train --help"),
    (["inspect"], "FILE or --cpu is required; see firesteel inspect --help"),
    (["list", "layer"], "see firesteel list --help"),
])
def test_wrong_command_lines(firesteel, args, text):
    run = firesteel(*args)
    assert run.code == 2
    assert text in run.sentence
