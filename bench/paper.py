# SPDX-License-Identifier: Apache-2.0
"""What synchronisation and scheduling cost beside computing, by number of workers: the talk's charts.

    ./dev bench paper [--workers 1,2,4,8,16] [--sync p2p,blockmanager,driver] [--rates 10gbit,1gbit]
                      [--group K] [--compute-ms 2000] [--iterations 10] [--model inception_v1_no_bn]

Each worker is a real Spark executor of a standalone cluster, on a host of its own: a network namespace
behind a link of the given rate. Where there are more workers than cores, computing is paced: it takes as
long as it is said to take (the measured time of Inception v1 at batch 32 on one core is about that) by
sleeping. Gradients, parameters, jobs and tasks are real. Results go to bench/results/CPU/paper.json, one
entry for each combination; a further run replaces the entries that it measures.
"""
import argparse
import datetime
import json
import os
import sys
import tempfile
from pathlib import Path

from lib.charts import lines
from lib.network import SUBNET, Network
from side_by_side import ROOT, cpu_name, results_file

sys.path.insert(0, str(ROOT / "tests/spark"))
from spark_run import Run, environment  # noqa: E402
from standalone import MEMORY, Cluster  # noqa: E402

HERE = f"{SUBNET}1"


def fit(folder, cluster, workers, sync, group, a):
    """The figures of one fit."""
    job = dict(
        command="train", model=a.model, data=f"synthetic:3x224x224/1000/{2 * workers * max(16, a.iterations)}",
        fit=dict(batch_size=2 * workers, pace_ms=a.compute_ms, optimizer=dict(kind="SGD", lr=0.01, momentum=0.9)),
        iterations=a.iterations, group=group, shards=16, sync=sync)
    conf = [f"spark.executor.memory={MEMORY}", "spark.executor.cores=1", f"spark.cores.max={workers}",
            f"spark.driver.host={HERE}", f"spark.driver.bindAddress={HERE}", "spark.driver.maxResultSize=4g",
            "spark.rpc.message.maxSize=512"]
    env = dict(environment(), SPARK_LOCAL_IP=HERE)
    with Run(folder, job, cluster.master, conf=conf, env=env, driver_memory="3g") as run:
        end = run.end(timeout=900)
        assert end["workers"] == workers, run.story()
        return end


def entry(end, **of):
    figures = ("step_ms", "compute_ms", "sync_exposed_ms", "schedule_ms", "group_overhead_ms", "groups", "iterations")
    found = dict(of, **{name: round(end[name], 3) for name in figures})
    # Of the median group: the first forms connections and the last brings the model to the driver.
    found["schedule_ms"] = round(end["group_overhead_ms"] * end["groups"] / end["iterations"], 3)
    found["sync_of_compute"] = round(end["sync_exposed_ms"] / end["compute_ms"], 4)
    found["schedule_of_compute"] = round(found["schedule_ms"] / found["compute_ms"], 4)
    return found


def save(file, entries, a):
    old = json.loads(file.read_text())["entries"] if file.exists() else []
    def key(e):
        return tuple(e[k] for k in ("rate", "workers", "sync", "group", "model", "paced_ms"))
    kept = [e for e in old if key(e) not in {key(n) for n in entries}]
    file.write_text(json.dumps(dict(
        cpu=cpu_name(), cores=os.cpu_count(), date=datetime.date.today().isoformat(),
        entries=sorted(kept + entries, key=key)), indent=1) + "\n")


def draw(file):
    """docs/images/paper_*.png of everything measured."""
    entries = json.loads(file.read_text())["entries"]
    images = ROOT / "docs/images"
    for rate in sorted({e["rate"] for e in entries}):
        sync, schedule = {}, {}
        for e in (e for e in entries if e["rate"] == rate):
            if e["group"] > 1:
                sync.setdefault(e["sync"], {})[e["workers"]] = 100 * e["sync_of_compute"]
            if e["sync"] == "p2p":
                kind = "a job per iteration" if e["group"] == 1 else f"groups of {e['group']} iterations"
                schedule.setdefault(kind, {})[e["workers"]] = 100 * e["schedule_of_compute"]
        if sync:
            lines(images / f"paper_sync_{rate}.png", f"Synchronisation that computing does not hide, links of {rate}",
                  sync, "workers", "% of compute", logarithmic=True)
        if schedule:
            lines(images / f"paper_schedule_{rate}.png", f"Scheduling by Spark, links of {rate}", schedule,
                  "workers, each a task", "% of compute")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--workers", default="1,2,4,8,16")
    parser.add_argument("--sync", default="p2p,blockmanager,driver")
    parser.add_argument("--rates", default="10gbit,1gbit")
    parser.add_argument("--group", type=int, default=5, help="iterations of a group")
    parser.add_argument("--compute-ms", type=float, default=2000)
    parser.add_argument("--iterations", type=int, default=10)
    parser.add_argument("--model", default="inception_v1_no_bn")
    a = parser.parse_args()
    file = results_file("paper")
    for rate in a.rates.split(","):
        for workers in map(int, a.workers.split(",")):
            with tempfile.TemporaryDirectory(prefix="firesteel-paper-") as name, Network(workers, rate) as network:
                folder = Path(name)
                hosts = [network.host(i) for i in range(workers)]
                with Cluster(folder / "cluster", hosts, host=HERE, inside=network.inside) as cluster:
                    for sync in a.sync.split(","):
                        of = dict(rate=rate, workers=workers, sync=sync, group=a.group, model=a.model,
                                  paced_ms=a.compute_ms)
                        found = entry(fit(folder / sync, cluster, workers, sync, a.group, a), **of)
                        save(file, [found], a)
                        print(f"{rate} {workers:2d} workers {sync:12s}: step {found['step_ms']:.0f} ms, sync "
                              f"{100 * found['sync_of_compute']:.2f} %, scheduling "
                              f"{100 * found['schedule_of_compute']:.2f} % of compute", flush=True)
    draw(file)


if __name__ == "__main__":
    main()
