# SPDX-License-Identifier: Apache-2.0
"""Fits beside each other and beside other jobs in one application; fits that are cancelled."""

import contextlib
import os
import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from spark_run import Jvm, children, executors

pyspark = pytest.importorskip("pyspark")

from firesteel import nn, optim  # noqa: E402
from firesteel.spark import Trainer, jar_path  # noqa: E402

pytestmark = [pytest.mark.slow, pytest.mark.spark]
NET = dict(input_shape=(16,))


@pytest.fixture(scope="module")
def spark():
    from pyspark.sql import SparkSession

    session = (SparkSession.builder.master("local-cluster[3,1,1024]").appName("firesteel drills")
               .config("spark.jars", jar_path()).config("spark.ui.enabled", "false")
               .config("spark.sql.shuffle.partitions", "2").config("spark.driver.extraJavaOptions", Jvm.options)
               .config("spark.executor.extraJavaOptions", Jvm.options).getOrCreate())
    session.sparkContext.setLogLevel("ERROR")
    yield session
    session.stop()


@pytest.fixture(scope="module")
def frame(spark):
    rng = np.random.default_rng(1)
    rows = [(row.tolist(), int(row.sum() > 0)) for row in rng.standard_normal((600, 16)).round(3)]
    return spark.createDataFrame(rows, "features array<double>, label int").repartition(3).cache()


def trainer(progress=False, **more):
    net = nn.Sequential(nn.Linear(16, 64), nn.ReLU(), nn.Linear(64, 2), **NET)
    options = dict(optimizer=optim.SGD(0.1), batch_size=50, iterations=60, group=3, reproducible=True)
    return Trainer(net, progress=progress, **dict(options, **more))


@pytest.fixture(scope="module")
def reference(frame):
    return trainer().fit(frame).figures["weights_sha256"]


@contextlib.contextmanager
def held_slot(spark):
    """A job of somebody else keeps one executor busy."""
    context = spark.sparkContext

    def job():
        context.setJobGroup("other", "holds a slot", True)
        with contextlib.suppress(Exception):
            context.parallelize([0], 1).map(lambda _: time.sleep(300)).count()

    thread = pyspark.InheritableThread(job)
    thread.start()
    try:
        time.sleep(1)
        yield
    finally:
        assert thread.is_alive(), "the other job was not in the way"
        context.cancelJobGroup("other")
        thread.join(30)


def test_twice_in_one_application(frame, reference):
    figures = trainer().fit(frame).figures
    assert figures["weights_sha256"] == reference and figures["workers"] == 3
    assert figures["lost_workers"] == 0 and figures["recoveries"] == []


def test_two_at_the_same_time(frame, reference):
    with ThreadPoolExecutor(2) as pool:
        fits = [pool.submit(lambda: trainer().fit(frame).figures) for _ in range(2)]
        for fit in fits:
            figures = fit.result(timeout=120)
            assert figures["weights_sha256"] == reference
            assert figures["workers"] == 3 and figures["recoveries"] == [], figures


def test_cross_validator_with_two_at_a_time(frame):
    from pyspark.ml.evaluation import MulticlassClassificationEvaluator
    from pyspark.ml.tuning import CrossValidator, ParamGridBuilder

    one = trainer(iterations=20)
    grid = ParamGridBuilder().addGrid(one.batchSize, [20, 50]).build()
    evaluator = MulticlassClassificationEvaluator(metricName="accuracy")
    validator = CrossValidator(estimator=one, estimatorParamMaps=grid, evaluator=evaluator, numFolds=2, parallelism=2)
    model = validator.fit(frame)
    assert len(model.avgMetrics) == 2 and min(model.avgMetrics) > 0.6
    assert evaluator.evaluate(model.transform(frame)) > 0.6


def test_other_jobs_hold_a_slot_from_the_start(spark, frame, reference):
    notes = []
    with held_slot(spark):
        since = time.monotonic()
        figures = trainer(progress=notes.append).fit(frame).figures
        print(f"\n  fit beside the other job: {time.monotonic() - since:.1f} s on {figures['workers']} workers")
    assert figures["weights_sha256"] == reference and figures["workers"] == 2
    assert any("starts on 2 of 3 executors" in note.get("text", "") for note in notes)


def test_other_jobs_take_a_slot_in_the_middle(spark, frame, reference):
    with contextlib.ExitStack() as others:

        def progress(event):
            if event["event"] == "progress" and event["iteration"] == 3:
                others.enter_context(held_slot(spark))

        figures = trainer(progress=progress).fit(frame).figures
    print(f"\n  recoveries: {figures['recoveries']}")
    assert figures["weights_sha256"] == reference and figures["workers"] == 2
    assert figures["recoveries"][0]["reason"].startswith("other jobs hold the slots of executor")
    assert figures["recoveries"][0]["goes_on_s"] < 8


@pytest.mark.parametrize("how", ["all jobs", "the job group of the caller"])
def test_cancelled_from_outside(spark, frame, reference, how):
    context = spark.sparkContext
    seen, cancelled = threading.Event(), []

    def progress(event):
        if event["event"] == "progress":
            seen.set()

    def fit():
        if how != "all jobs":
            context.setJobGroup("drill", "a fit that is cancelled", True)
        try:
            with pytest.raises(RuntimeError, match="training: its Spark jobs must run to their end, got 'Job .*"
                                                   "cancelled.*'. With a checkpoint folder it can be resumed"):
                trainer(progress=progress, iterations=5000).fit(frame)
            cancelled.append(time.monotonic())
        finally:
            context.setLocalProperty("spark.jobGroup.id", None)

    thread = pyspark.InheritableThread(fit)
    thread.start()
    assert seen.wait(60)
    since = time.monotonic()
    while thread.is_alive() and time.monotonic() < since + 30:
        # Between two of its jobs there is nothing to cancel.
        context.cancelAllJobs() if how == "all jobs" else context.cancelJobGroup("drill")
        thread.join(0.5)
    assert cancelled and cancelled[0] - since < 5, "it went on"
    print(f"\n  ended {cancelled[0] - since:.2f} s after the cancel")
    assert trainer().fit(frame).figures["weights_sha256"] == reference


def test_killed_and_replaced(frame, reference):
    """A Trainer's shards come from Spark's blocks, of which one executor takes its part away."""
    killed = []

    def progress(event):
        if event["event"] == "progress" and not killed:
            killed.append(executors(os.getpid())[0])
            os.kill(killed[0], signal.SIGKILL)

    figures = trainer(progress=progress, validation=frame).fit(frame).figures
    print(f"\n  recoveries: {figures['recoveries']}")
    assert figures["weights_sha256"] == reference and figures["lost_workers"] == 1
    assert killed[0] not in children(os.getpid())
