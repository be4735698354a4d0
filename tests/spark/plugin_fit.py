# SPDX-License-Identifier: Apache-2.0
"""A program with a plugin: Trainer and TrainerModel on two executors. Plugins are not unloaded, so each case
is a process of its own.

plugin_fit.py train|transform|without|loss PLUGIN FOLDER
"""

import sys

import numpy as np
from pyspark.sql import SparkSession

import firesteel
from firesteel import nn, optim
from firesteel.spark import Trainer, TrainerModel, jar_path

case, plugin, folder = sys.argv[1:]
spark = (SparkSession.builder.master("local-cluster[2,1,1024]").appName("plugin")
         .config("spark.jars", jar_path()).config("spark.ui.enabled", "false").getOrCreate())
spark.sparkContext.setLogLevel("ERROR")

rng = np.random.default_rng(5)
y = rng.integers(0, 4, 800)
x = rng.normal(0, 0.5, (800, 6))
x[np.arange(800), y] += 3
rows = [(row.tolist(), int(label)) for row, label in zip(x, y)]
frame = spark.createDataFrame(rows, "features array<float>, label int").repartition(4).cache()


def accuracy(model):
    got = model.transform(frame).select("label", "prediction").collect()
    return np.mean([row.label == row.prediction for row in got])


if case == "train":
    swish = firesteel.load_plugin(plugin)
    net = nn.Sequential(nn.Linear(6, 8), swish.LearnedSwish(channels=8), nn.Linear(8, 4), input_shape=(6,))
    for sync in "p2p", "blockmanager":
        fitted = Trainer(net, optimizer=optim.SGD(0.2), batch_size=32, epochs=6, sync=sync, reproducible=True,
                         validation=frame, progress=False).fit(frame)
        assert fitted.figures["workers"] == 2 and accuracy(fitted) > 0.95, fitted.figures
    fitted.write().overwrite().save(f"{folder}/fitted")
elif case == "loss":
    pinball = firesteel.load_plugin(plugin)
    loss = nn.CustomLoss(lambda output, labels: pinball.Pinball(quantile=0.8)(output, labels))
    uniform = spark.createDataFrame([([1.0], float(v)) for v in rng.random(800)], "features array<float>, label float")
    fitted = Trainer(nn.Sequential(nn.Linear(1, 1), input_shape=(1,)), loss=loss, optimizer=optim.SGD(0.05),
                     batch_size=32, epochs=6, metrics=[], validation=uniform, progress=False).fit(uniform)
    got = fitted.transform(uniform).select("prediction").first().prediction
    assert fitted.figures["workers"] == 2 and abs(got - 0.8) < 0.08, (got, fitted.figures)
elif case == "transform":
    firesteel.load_plugin(plugin)
    assert accuracy(TrainerModel.load(f"{folder}/fitted")) > 0.95
else:
    try:
        TrainerModel.load(f"{folder}/fitted").transform(frame)
        raise AssertionError("nothing was thrown")
    except (ValueError, RuntimeError) as error:
        print(error)
spark.stop()
print("all is well")
