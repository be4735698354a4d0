# SPDX-License-Identifier: Apache-2.0
"""What train can be told about updates."""
import json

import pytest


def train(firesteel, digits, *options):
    return firesteel("train", "--model", "mlp", "--data", f"mnist:{digits}", "--iterations", 6, "--batch", 20,
                     "--threads", 1, "--reproducible", "--json", "-", *options)


def weights(firesteel, digits, *options):
    run = train(firesteel, digits, *options)
    assert run.code == 0, run.err
    return json.loads(run.out)["weights_sha256"]


def test_each_option_matters(firesteel, digits):
    options = [[], ["--param-group", "fc1.*:freeze=true", "--param-group", "*.bias:lr=2,optimizer=Adam"],
               ["--accumulate", 2], ["--base-batch", 5], ["--ema-decay", 0.9],
               ["--schedule", "Linear:iterations=3", "--schedule", "Cosine"]]
    assert len({weights(firesteel, digits, *more) for more in options}) == len(options)


def test_a_fit_ends_early(firesteel, digits):
    run = firesteel("train", "--model", "mlp", "--data", f"mnist:{digits}", "--epochs", 5, "--batch", 20, "--json", "-",
                    "--stop", "Or:triggers=" + json.dumps([{"kind": "MaxEpoch", "epochs": 2}, {"kind": "MinLoss", "min": 0}]))
    assert run.code == 0 and json.loads(run.out)["iterations"] == 2 * 30, run.err
    assert "ends after epoch 2, as stop says" in run.err


def test_a_document_says_the_same(firesteel, digits):
    text = json.dumps({"match": "*.bias", "lr": 2, "optimizer": {"kind": "Adam"}})
    assert weights(firesteel, digits, "--param-group", text) == weights(
        firesteel, digits, "--param-group", "*.bias:lr=2,optimizer=Adam")


@pytest.mark.parametrize("options, sentence", [
    (["--param-group", "fc1.wieght:lr=2"],
     "param_groups[0].match: 'fc1.wieght' matches no parameter. Did you mean 'fc1.weight'?"),
    (["--param-group", "fc1.*:decay=2"], "param_groups[0]: no attribute 'decay'"),
    (["--schedule", "Cosine", "--schedule", "Cosine"],
     "schedule: all of a list but the last must have iterations or epochs"),
    (["--schedule", "Plateau:monitor=acuracy"], "monitor: the fit has no result 'acuracy' to look at. Did you mean 'accuracy'?"),
])
def test_errors_are_one_sentence(firesteel, digits, options, sentence):
    run = train(firesteel, digits, *options)
    assert run.code == 1 and sentence in run.err and len(run.err.strip().splitlines()) == 1, run.err


def test_recipes_give_what_no_option_does(firesteel, digits):
    names = {item["name"] for item in json.loads(firesteel("list", "recipes", "--json").out)}
    assert names == {"inception-v1", "resnet50-8k", "ssd300-warmup", "ssd300"}
    common = ["train", "--recipe", "resnet50-8k", "--data", f"mnist:{digits}", "--threads", 1, "--json", "-"]
    run = firesteel(*common, "--model", "mlp", "--batch", 60, "--epochs", 1)
    result = json.loads(run.out)
    assert run.code == 0 and (result["batch"], result["iterations"]) == (60, 10), run.err
    run = firesteel(*common, "--epochs", 1)
    assert run.code == 1 and "resnet50" in run.err  # the images are those of another net
    run = firesteel("train", "--data", f"mnist:{digits}")
    assert run.code == 1 and "--model: is missing, and no --recipe has one" in run.err
