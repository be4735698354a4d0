# SPDX-License-Identifier: Apache-2.0
"""A fit and SQL in one application, FAIR scheduling: what each takes alone, and what they take beside each other.

    ./dev bench beside_sql [--queries 8] [--iterations 1500]

Two executors of two cores each on this machine. The fit is given one thread, and with it one slot, of each executor (threads=1); the
queries, an aggregation with a shuffle each, have the others. Results go to bench/results/CPU/beside_sql.json.
"""
import argparse
import threading
import time
from statistics import median

import numpy as np
from lib.results import save
from pyspark.sql import SparkSession, functions

from firesteel import nn, optim
from firesteel.spark import Trainer, jar_path


def session(options=""):
    builder = (SparkSession.builder.master("local-cluster[2,2,1024]").appName("fit and SQL").config("spark.jars", jar_path())
               .config("spark.ui.enabled", "false").config("spark.scheduler.mode", "FAIR")
               .config("spark.sql.shuffle.partitions", "4"))
    for whose in ("driver", "executor") if options else ():
        builder = builder.config(f"spark.{whose}.extraJavaOptions", options)
    spark = builder.getOrCreate()
    spark.sparkContext.setLogLevel("ERROR")
    return spark


def rows_to_train(spark):
    rng = np.random.default_rng(1)
    rows = [(row.tolist(), int(row.sum() > 0)) for row in rng.standard_normal((4000, 64)).round(3)]
    return spark.createDataFrame(rows, "features array<double>, label int").repartition(4).cache()


def fit(frame, iterations):
    """Seconds of a fit, its figures, and those of each of its groups."""
    net = nn.Sequential(nn.Linear(64, 512), nn.ReLU(), nn.Linear(512, 2), input_shape=(64,))
    trainer = Trainer(net, optimizer=optim.SGD(0.1), batch_size=128, iterations=iterations, threads=1, group=iterations // 10,
                      reproducible=True, progress=False)
    began = time.monotonic()
    figures = trainer.fit(frame).figures
    return time.monotonic() - began, figures


def query(spark, rows=3_000_000):
    """Seconds of one."""
    began = time.monotonic()
    spark.sparkContext.setLocalProperty("spark.scheduler.pool", "sql")
    numbers = spark.range(0, rows, 1, 4).withColumn("key", functions.col("id") % 1000)
    sums = numbers.groupBy("key").agg(functions.sum(functions.sqrt("id")).alias("sum"))
    assert sums.count() == 1000
    return time.monotonic() - began


def beside(spark, frame, iterations):
    """A fit, and meanwhile queries one after the other: (seconds of the fit, its figures, seconds of each query that ended before it)."""
    seconds, failed, over = [], [], threading.Event()

    def run():
        try:
            while not over.is_set():
                took = query(spark)
                if not over.is_set():
                    seconds.append(took)
        except Exception as error:  # the other thread tells it
            failed.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    try:
        took, figures = fit(frame, iterations)
    finally:
        over.set()
        thread.join()
    if failed:
        raise failed[0]
    return took, figures, seconds


def main():
    p = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    p.add_argument("--queries", type=int, default=8)
    p.add_argument("--iterations", type=int, default=1500)
    a = p.parse_args()
    spark = session()
    frame = rows_to_train(spark)
    fit(frame, a.iterations // 10)  # both have run once
    query(spark)
    fit_alone, figures = fit(frame, a.iterations)
    sql_alone = [query(spark) for _ in range(a.queries)]
    fit_beside, beside_figures, sql_beside = beside(spark, frame, a.iterations)
    spark.stop()
    assert figures["weights_sha256"] == beside_figures["weights_sha256"]
    save("beside_sql", iterations=a.iterations, fit_alone_s=round(fit_alone, 2),
         fit_beside_s=round(fit_beside, 2), sql_alone_s=[round(s, 2) for s in sql_alone],
         sql_beside_s=[round(s, 2) for s in sql_beside])
    print(f"fit: {fit_alone:.1f} s alone, {fit_beside:.1f} s beside SQL; a query: {median(sql_alone):.2f} s alone, "
          f"{median(sql_beside):.2f} s beside the fit (medians; {len(sql_beside)} of them, the longest {max(sql_beside):.2f} s)")


if __name__ == "__main__":
    main()
