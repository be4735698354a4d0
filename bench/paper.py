# SPDX-License-Identifier: Apache-2.0
"""What synchronisation and scheduling cost beside computing, by number of workers: the talk's charts.

    ./dev bench paper [--parts paced,unpaced,gain,hosts,encrypted] [--workers 1,2,4,8,16] [--sync p2p,blockmanager,driver]
                      [--rates 10gbit,1gbit] [--groups 5,1] [--compute-ms 2000] [--iterations 20]

Each worker is a real Spark executor of a standalone cluster, on a host of its own: a network namespace
behind a link of the given rate. Gradients, parameters, jobs and tasks are real. Parts:
paced: computing takes as long as it is said to take (the measured time of Inception v1 at batch 32 on one
    core is about that) by sleeping, as there are more workers than cores. Groups are of p2p; the other
    ways have jobs for each iteration. 5 iterations are groups of 10 s, 2 are groups of 4 s.
unpaced: two workers that compute, beside two fits of one worker each at the same time: whatever an
    iteration takes longer than theirs is synchronisation.
gain: two workers that compute, with a job for each iteration and with groups of about 10 s.
hosts: paced, on two hosts with half of the workers each, which add up among themselves before they send, or don't
    (p2p direct).
encrypted: paced, on a cluster whose Spark encrypts what it sends, and so what workers send, and on one that does
    not; and whether somebody who listens on the bridge between the hosts finds weights that it knows.
Where there are more workers than cores, what executors and the driver worked (their CPU time) is with it.
Results are those of a fit's typical group, in bench/results/CPU/paper.json, one entry for each combination;
a further run replaces the entries that it measures, and draws docs/images/paper_*.png.
"""
import argparse
import json
import os
import sys
import tempfile
from contextlib import ExitStack, contextmanager
from math import prod
from pathlib import Path
from statistics import mean, median

from lib.charts import bars, lines
from lib.results import ROOT, results_file, save

sys.path.insert(0, str(ROOT / "tests/spark"))
from capture import Capture  # noqa: E402
from network import SUBNET, Network  # noqa: E402
from spark_run import Run, children, environment  # noqa: E402
from standalone import MEMORY, Cluster  # noqa: E402

HERE = f"{SUBNET}1"
# Rows for each worker, what rows look like, and how many iterations.
COMPUTED = {
    "lenet5": (128, "1x28x28/10", 1200),
    "resnet20": (64, "3x32x32/10", 120),
    "inception_v1_no_bn": (16, "3x224x224/1000", 24),
}
EPOCH_BYTES = 120e6  # executors are small; an epoch ends with a test, which nobody should measure
MOST_PACED = 35  # iterations of an epoch
KEY = ("part", "rate", "workers", "sync", "group", "model", "paced_ms")


SECRET = ["spark.authenticate=true", "spark.authenticate.secret=of-this-benchmark", "spark.network.crypto.enabled=true"]


@contextmanager
def executors(workers, rate, hosts, secret=False):
    """A cluster of so many executors of one core each, on hosts of their own, and a folder."""
    options = " ".join(f"-D{setting}" for setting in SECRET) if secret else ""
    with tempfile.TemporaryDirectory(prefix="firesteel-paper-") as name, Network(hosts, rate) as network:
        def inside(i, command):
            return network.inside(i % hosts, command)

        addresses = [network.host(i % hosts) for i in range(workers)]
        with Cluster(Path(name) / "cluster", addresses, host=HERE, inside=inside, daemon_options=options) as cluster:
            cluster.conf, cluster.bridge = SECRET if secret else [], network.bridge
            yield cluster, Path(name)


def begin(folder, cluster, workers, model, data, iterations, **job):
    """A running fit."""
    conf = [f"spark.executor.memory={MEMORY}", "spark.executor.cores=1", f"spark.cores.max={workers}",
            f"spark.driver.host={HERE}", f"spark.driver.bindAddress={HERE}", "spark.driver.maxResultSize=4g",
            "spark.rpc.message.maxSize=512", *cluster.conf]
    job = dict(command="train", model=model, data=f"synthetic:{data}", iterations=iterations, shards=16, **job)
    job["fit"] = {"optimizer": dict(kind="SGD", lr=0.001, momentum=0.9), **job["fit"]}
    env = dict(environment(), SPARK_LOCAL_IP=HERE)
    return Run(folder, job, cluster.master, conf=conf, env=env, driver_memory="3g")


def cpu_ms(pids):
    """What these processes have worked so far, and what works in the kernel for them."""
    ticks = 0
    for pid in pids:
        stat = Path(f"/proc/{pid}/stat").read_text()
        ticks += sum(map(int, stat[stat.rindex(")") + 2:].split()[11:13]))
    return 1000 * ticks / os.sysconf("SC_CLK_TCK")


def work(run, cluster):
    """Of the executors together and of the driver, in an iteration of each group but the first: medians."""
    seen, found = 0, []
    while run.process.poll() is None and not run.of("end"):
        run.until(lambda seen=seen: run.of("end") or len(run.of("progress")) > seen, timeout=1500)
        progress = run.of("progress")
        if len(progress) > seen:
            seen, newest = len(progress), progress[-1]
            found.append((newest["iteration"], cpu_ms(cluster.executors().values()),
                          cpu_ms([run.process.pid, *children(run.process.pid)])))
    pairs = list(zip(found, found[1:]))
    return {f"{name}_cpu_ms": round(median((b[i] - a[i]) / (b[0] - a[0]) for a, b in pairs), 1) if pairs else None
            for i, name in [(1, "executors"), (2, "driver")]}


def end(run, workers, cluster=None):
    worked = work(run, cluster) if cluster else {}
    found = run.end(timeout=1500)
    assert found["workers"] == workers, run.story()
    typical = {name: round(value, 3) for name, value in found["typical"].items()}
    return dict(typical, groups=found["groups"], iterations=found["iterations"], **worked)


def shares(entry):
    return dict(entry, sync_of_compute=round(entry["sync_exposed_ms"] / entry["compute_ms"], 4),
                schedule_of_compute=round(entry["schedule_ms"] / entry["compute_ms"], 4))


def part_for_each(workers):
    """Of each batch, so that all have gradients to send."""
    return dict(batch_size=2 * workers, micro_batches=workers)


def rows_for_each(workers, iterations):
    """An epoch where that is not too much for the executors' memory."""
    return f"3x224x224/1000/{2 * workers * min(iterations, MOST_PACED)}"


def paced(cluster, folder, a, rate, workers):
    model, wanted = "inception_v1_no_bn", [("p2p", group) for group in a.groups] + [("blockmanager", 5), ("driver", 5)]
    for sync, group in (each for each in wanted if each[0] in a.sync):
        data = rows_for_each(workers, a.iterations)
        fit = dict(part_for_each(workers), pace_ms=a.compute_ms)
        with begin(folder / f"{sync}{group}", cluster, workers, model, data, a.iterations, fit=fit, group=group,
                   sync=sync) as run:
            yield shares(dict(part="paced", rate=rate, workers=workers, sync=sync, group=group, model=model,
                              paced_ms=a.compute_ms, **end(run, workers, cluster)))


def hosts(cluster, folder, a, rate, workers):
    model = "inception_v1_no_bn"
    data = rows_for_each(workers, a.iterations)
    for sync, by_host in ("p2p direct", False), ("p2p", True):
        fit = dict(part_for_each(workers), pace_ms=a.compute_ms, by_host=by_host)
        with begin(folder / sync, cluster, workers, model, data, a.iterations, fit=fit, group=5) as run:
            yield shares(dict(part="hosts", rate=rate, workers=workers, sync=sync, group=5, model=model,
                              paced_ms=a.compute_ms, **end(run, workers)))


def encrypted(cluster, folder, a, rate, workers):
    from firesteel import Model

    sync = "p2p encrypted" if cluster.conf else "p2p"
    known = Model.named("lenet5", 1).weights()["fc1.weight"].tobytes()[:256]
    fit = dict(batch_size=32, seed=1, optimizer=dict(kind="SGD", lr=1e-30))  # so that what travels is known
    with Capture(cluster.bridge) as capture, begin(folder / "heard", cluster, workers, "lenet5", "1x28x28/10/320", 4,
                                                   fit=fit, group=2) as run:
        end(run, workers)
    model = "inception_v1_no_bn"
    fit = dict(part_for_each(workers), pace_ms=a.compute_ms)
    with begin(folder / "paced", cluster, workers, model, rows_for_each(workers, a.iterations), a.iterations, fit=fit,
               group=5) as run:
        yield shares(dict(part="encrypted", rate=rate, workers=workers, sync=sync, group=5, model=model,
                          paced_ms=a.compute_ms, **end(run, workers), heard=capture.has(known),
                          listened_bytes=capture.bytes()))


def computed(folder, cluster, workers, model, sync, group):
    """A running fit of workers that compute."""
    rows, shape, iterations = COMPUTED[model]
    batch = rows * workers
    epoch = min(iterations, int(EPOCH_BYTES / batch / prod(int(d) for d in shape.split("/")[0].split("x"))))
    return begin(folder, cluster, workers, model, f"{shape}/{batch * epoch}", iterations, fit=dict(batch_size=batch),
                 group=group, sync=sync)


def unpaced(cluster, folder, a, rate, workers):
    model = "inception_v1_no_bn"
    with ExitStack() as stack:
        runs = [stack.enter_context(computed(folder / f"alone{i}", cluster, 1, model, "p2p", 4))
                for i in range(workers)]
        alone = mean(end(run, 1)["step_ms"] for run in runs)
    for sync in a.sync:
        with computed(folder / f"together_{sync}", cluster, workers, model, sync, 4) as run:
            found = end(run, workers)
        found.update(compute_ms=round(alone, 3), sync_exposed_ms=round(found["step_ms"] - alone, 3))
        yield shares(dict(part="unpaced", rate=rate, workers=workers, sync=sync, group=4, model=model, paced_ms=0,
                          **found))


def gain(cluster, folder, a, rate, workers):
    for model in COMPUTED:
        for group in 1, 0:  # 0: chosen by time, as users have it
            with computed(folder / f"{model}{group}", cluster, workers, model, "p2p", group) as run:
                yield shares(dict(part="gain", rate=rate, workers=workers, sync="p2p", group=group, model=model,
                                  paced_ms=0, **end(run, workers)))


def add(entry):
    """To those measured before, in the place of one of the same key."""
    file = results_file("paper")
    old = json.loads(file.read_text())["entries"] if file.exists() else []
    kept = [e for e in old if [e[k] for k in KEY] != [entry[k] for k in KEY]]
    save("paper", entries=sorted([*kept, entry], key=lambda e: [e[k] for k in KEY]))


def iteration_ms(entry):
    return entry["step_ms"] + entry["schedule_ms"]


def draw(file):
    """docs/images/paper_*.png of everything measured."""
    entries = json.loads(file.read_text())["entries"]
    images = ROOT / "docs/images"
    for rate in sorted({e["rate"] for e in entries}):
        sync, schedule = {}, {}
        for e in (e for e in entries if e["rate"] == rate and e["part"] == "paced"):
            if e["workers"] == 1:  # has nobody to exchange with, and its state goes to the driver now and then
                continue
            if e["group"] == 5:
                sync.setdefault(e["sync"], {})[e["workers"]] = 100 * e["sync_of_compute"]
            if e["sync"] == "p2p" and e["group"] in (1, 5):
                kind = "a job per iteration" if e["group"] == 1 else f"groups of {e['group']} iterations"
                schedule.setdefault(kind, {})[e["workers"]] = max(0, 100 * e["schedule_of_compute"])
        if sync:
            lines(images / f"paper_sync_{rate}.png", f"Synchronisation that computing does not hide, links of {rate}",
                  sync, "workers", "% of compute", logarithmic=True)
        if len(schedule) > 1:
            lines(images / f"paper_schedule_{rate}.png", f"Scheduling by Spark, links of {rate}", schedule,
                  "workers, each a task", "% of compute")
        per_job = {e["model"]: iteration_ms(e) for e in entries
                   if e["part"] == "gain" and e["rate"] == rate and e["group"] == 1}
        grouped = {e["model"]: iteration_ms(e) for e in entries
                   if e["part"] == "gain" and e["rate"] == rate and e["group"] != 1}
        gains = {model: per_job[model] / grouped[model] for model in COMPUTED if model in per_job and model in grouped}
        if gains:
            bars(images / f"paper_gain_{rate}.png", "Training with groups against a job per iteration, 2 workers",
                 gains, "times as fast")


def main():
    parser = argparse.ArgumentParser()
    listed = {"parts": "paced,unpaced,gain", "workers": "1,2,4,8,16", "sync": "p2p,blockmanager,driver",
              "rates": "10gbit,1gbit", "groups": "5,1"}
    for name, default in listed.items():
        kind = int if name in ("workers", "groups") else str
        parser.add_argument(f"--{name}", default=default, type=lambda s, kind=kind: [kind(x) for x in s.split(",")])
    parser.add_argument("--compute-ms", type=float, default=2000)
    parser.add_argument("--iterations", type=int, default=20)
    a = parser.parse_args()
    parts = dict(paced=paced, unpaced=unpaced, gain=gain, hosts=hosts, encrypted=encrypted)
    for rate in a.rates:
        for part, secret in [(p, secret) for p in a.parts for secret in ([False, True] if p == "encrypted" else [False])]:
            for workers in a.workers if part in ("paced", "hosts", "encrypted") else [2]:
                with executors(workers, rate, 2 if part == "hosts" else workers, secret) as (cluster, folder):
                    for found in parts[part](cluster, folder, a, rate, workers):
                        add(found)
                        print("{part:8s} {rate} {workers:2d} workers {model} {sync:12s} group {group}: {all:.1f} ms an "
                              "iteration, sync {sync_of_compute:.2%}, scheduling {schedule_of_compute:.2%} of compute"
                              .format(all=iteration_ms(found), **found), flush=True)
    draw(results_file("paper"))


if __name__ == "__main__":
    main()
