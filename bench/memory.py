# SPDX-License-Identifier: Apache-2.0
"""Training data that are larger than the executors' memory: how much of it a fit takes, and what it costs.

    ./dev bench memory [--times 4] [--workers 2] [--heap-mb 512] [--model inception_v1_no_bn] [--iterations 60]

On a local cluster of executors of one core each, with their heap and the 384 MB beside it that Spark allows. The
rows, images of 224 x 224 as bytes, are made by an SQL expression. First a data set that is in memory, then one of
so many times the memory of all executors, whose shards are in files, then the first one again. What each executor's
process has in memory is looked at once a second. Results go to bench/results/CPU/memory.json and
docs/images/memory.png.
"""
import argparse
import multiprocessing
import os
import sys
import threading
import time
from pathlib import Path
from statistics import mean, median

from lib.charts import curves
from lib.results import ROOT, save

sys.path.insert(0, str(ROOT / "tests/spark"))
from pyspark.sql import SparkSession, functions  # noqa: E402
from spark_run import executor_ids  # noqa: E402

from firesteel import Model, optim  # noqa: E402
from firesteel.spark import Trainer, jar_path  # noqa: E402

OVERHEAD_MB = 384  # least of spark.executor.memoryOverhead
ROW = 3 * 224 * 224
SMALL_ROWS = 1600


class Watch:
    """What the processes of executors have in memory, MB, once a second."""

    def __init__(self):
        self.samples, self.began, self.over = {}, time.monotonic(), threading.Event()
        self.thread = threading.Thread(target=self._watch, daemon=True)
        self.thread.start()

    def _watch(self):
        while not self.over.wait(1):
            for name, pid in executor_ids(os.getpid()).items():
                try:
                    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
                except OSError:
                    continue
                rss = next(int(line.split()[1]) for line in lines if line.startswith("VmRSS"))
                self.samples.setdefault(name, []).append((round(time.monotonic() - self.began, 1), rss >> 10))

    def end(self):
        self.over.set()
        self.thread.join()
        return self.samples


def fit(a, rows, in_memory):
    """Figures of a fit, MB of each executor over time, and when its first and last groups ended."""
    conf = {"spark.executor.memory": f"{a.heap_mb}m", "spark.jars": jar_path(), "spark.ui.enabled": "false",
            "spark.sql.adaptive.enabled": "false", "spark.driver.memory": "2g"}
    if in_memory:
        conf["spark.firesteel.shardMemory"] = "8g"
    builder = SparkSession.builder.master(f"local-cluster[{a.workers},1,{a.heap_mb}]").appName("memory")
    for name, value in conf.items():
        builder = builder.config(name, value)
    spark = builder.getOrCreate()
    spark.sparkContext.setLogLevel("ERROR")
    pixels = functions.expr(f"cast(repeat(md5(cast(id as string)), {ROW // 32}) as binary)")
    frame = spark.range(0, rows, 1, 8 * a.workers).select(pixels.alias("features"), (functions.col("id") % 1000).alias("label"))
    watch, times, notes = Watch(), [], []

    def listen(event):
        if event["event"] == "progress":
            times.append(round(time.monotonic() - watch.began, 1))
        elif event["event"] == "note":
            notes.append(event["text"])
            print("  note:", event["text"], flush=True)

    trainer = Trainer(Model.named(a.model, 1), optimizer=optim.SGD(0.001, momentum=0.9), batch_size=16 * a.workers,
                      iterations=a.iterations, group=5, progress=listen)
    figures = trainer.fit(frame).figures
    samples = watch.end()
    spark.stop()
    training = [mb for one in samples.values() for at, mb in one if times[0] <= at <= times[-1]]
    print(f"  {rows} rows, {rows * ROW >> 20} MB: {figures['typical']['step_ms']:.0f} ms an iteration, at most "
          f"{max(mb for one in samples.values() for _, mb in one)} MB, in training {min(training)} to {max(training)} MB",
          flush=True)
    return dict(rows=rows, data_mb=rows * ROW >> 20, typical=figures["typical"], training_s=[times[0], times[-1]],
                rss_mb=samples, notes=notes)


def flatness(entry):
    """How much more memory the last tenth of the training has than the first, of the executor with the largest part."""
    begin, end = entry["training_s"]
    tenth = (end - begin) / 10
    ratios = []
    for one in entry["rss_mb"].values():
        first = [mb for at, mb in one if begin <= at <= begin + tenth]
        last = [mb for at, mb in one if end - tenth <= at <= end]
        ratios.append(mean(last) / mean(first))
    return max(ratios)


def main():
    p = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    p.add_argument("--times", type=float, default=4)
    p.add_argument("--workers", type=int, default=2)
    p.add_argument("--heap-mb", type=int, default=512)
    p.add_argument("--model", default="inception_v1_no_bn")
    p.add_argument("--iterations", type=int, default=60)
    a = p.parse_args()
    memory_mb = a.workers * (a.heap_mb + OVERHEAD_MB)
    large_rows = int(a.times * memory_mb * (1 << 20)) // ROW
    # Each in a process of its own: settings of an application stay in its JVM.
    with multiprocessing.get_context("spawn").Pool(1, maxtasksperchild=1) as pool:
        entries = [pool.apply(fit, (a, rows, rows == SMALL_ROWS)) for rows in (SMALL_ROWS, large_rows, SMALL_ROWS)]
    in_memory = mean(e["typical"]["step_ms"] for e in (entries[0], entries[2]))
    speed = in_memory / entries[1]["typical"]["step_ms"]
    save("memory", model=a.model, workers=a.workers, executor_mb=a.heap_mb + OVERHEAD_MB, memory_mb=memory_mb,
         speed_of_in_memory=round(speed, 4), last_of_first_tenth=round(flatness(entries[1]), 3),
         median_mb=median(mb for one in entries[1]["rss_mb"].values() for _, mb in one), entries=entries)
    print(f"{entries[1]['data_mb'] / memory_mb:.1f} times the executors' memory: {speed:.1%} of the speed in memory; memory at "
          f"the end of training {flatness(entries[1]):.2f} of that at its beginning")
    curves(ROOT / "docs/images/memory.png",
           f"Memory of executors, {entries[1]['data_mb'] / 1024:.1f} GB of training data",
           {f"executor {name}": points for name, points in entries[1]["rss_mb"].items()}, "seconds", "MB",
           {"heap, and what Spark allows beside it": a.heap_mb + OVERHEAD_MB})


if __name__ == "__main__":
    main()
