# SPDX-License-Identifier: Apache-2.0
"""Executors that a fit cannot use: they get no part of it, and Spark takes them back."""

import time

import numpy as np
import pytest
from spark_run import DRILL, Run, train_job
from standalone import MEMORY, Cluster

pyspark = pytest.importorskip("pyspark")

from firesteel import nn, optim  # noqa: E402
from firesteel.spark import Trainer, jar_path  # noqa: E402

pytestmark = [pytest.mark.slow, pytest.mark.spark]
PARTS = 2  # of a batch


def test_they_get_no_part_of_it(tmp_path):
    fit = dict(batch_size=50, micro_batches=PARTS)
    with Run(tmp_path, train_job(**dict(DRILL, fit=fit)), "local-cluster[3,1,1024]") as run:
        assert run.end()["workers"] == PARTS
    assert ["trains on 2 of 3 executors: a batch has only so many parts (micro-batches, of as many shards)"] == [
        note["text"] for note in run.of("note")]


@pytest.fixture
def spark(tmp_path):
    from pyspark.sql import SparkSession

    with Cluster(tmp_path, ["127.0.0.1"] * 3) as cluster:
        builder = SparkSession.builder.master(cluster.master).config("spark.jars", jar_path())
        for name, value in {"executor.cores": 1, "executor.memory": MEMORY, "ui.enabled": False,
                            "dynamicAllocation.enabled": True, "dynamicAllocation.shuffleTracking.enabled": True,
                            "dynamicAllocation.minExecutors": 1, "dynamicAllocation.initialExecutors": 3,
                            "dynamicAllocation.executorIdleTimeout": "10s"}.items():
            builder = builder.config(f"spark.{name}", value)
        session = builder.getOrCreate()
        session.sparkContext.setLogLevel("ERROR")
        yield session
        session.stop()


def test_spark_takes_those_back_that_held_its_data(spark):
    context = spark.sparkContext._jsc.sc()

    def executors():
        return len(context.statusTracker().getExecutorInfos()) - 1

    end = time.monotonic() + 120
    while executors() < 3:
        assert time.monotonic() < end, "the executors did not come"
        time.sleep(0.2)
    rng = np.random.default_rng(1)
    rows = [(row.tolist(), int(row.sum() > 0)) for row in rng.standard_normal((600, 16))]
    frame = spark.sparkContext.parallelize(rows, 6).toDF("features array<double>, label int")
    spark.sparkContext.parallelize(range(6), 6).map(lambda _: time.sleep(0.5)).count()  # none is idle
    seen, blocks = [], []

    def watch(event):
        if event["event"] == "progress":
            seen.append(executors())
            blocks.append([info.numCachedPartitions() for info in context.getRDDStorageInfo()])
            time.sleep(1 if seen[-1] > PARTS else 0)  # Spark needs time to see that one is idle, fast as groups may be

    net = nn.Sequential(nn.Linear(16, 64), nn.ReLU(), nn.Linear(64, 2), input_shape=(16,))
    options = dict(batch_size=60, micro_batches=PARTS, keep_partitions=True, group=500, iterations=20_000)
    figures = Trainer(net, optimizer=optim.SGD(0.01), progress=watch, **options).fit(frame).figures
    assert figures["workers"] == PARTS and figures["lost_workers"] == 0
    assert seen[0] == 3 and seen[-1] == PARTS, seen
    # What it held is on the others.
    assert blocks[-1] == [6], blocks
    print(f"\n  executors: {seen}")
