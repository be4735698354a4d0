# SPDX-License-Identifier: Apache-2.0
"""Failure drills: fits whose executors are killed and frozen at random moments, and what that costs.

    ./dev bench drills --kills 20 --freezes 10 [--soak MINUTES] [--workers 3] [--seed N]

Failures follow each other in as few fits as hold them, on a local cluster of three executors; the
next one comes when all train again (Spark replaces killed ones). Every fit must end with the weights
of the undisturbed one, bit for bit. The soak runs fit after fit on a standalone cluster under kills,
freezes and a join. The times from a failure to the end of the next group that ran (of two
iterations) go to bench/results/CPU/drills.json.
"""
import argparse
import contextlib
import json
import os
import random
import signal
import statistics
import sys
import tempfile
import time
from pathlib import Path

from lib.results import ROOT, save

sys.path.insert(0, str(ROOT / "tests/spark"))
from spark_run import DATA, Run, executor_ids, train_job  # noqa: E402
from standalone import MEMORY, Cluster  # noqa: E402

FIT = dict(model="resnet8", data=DATA, shards=17, group=2, fit=dict(batch_size=50))


def reference(folder, iterations):
    with Run(folder, train_job(**FIT, iterations=iterations), "local[2]") as run:
        return run.end(timeout=1200)["weights_sha256"]


def wait_for_executors(run, executors, count, rng):
    """Until so many executors train again, and then some random time more."""
    run.until(lambda: [p for p in run.of("progress")[-1:] if p["workers"] == count], timeout=120)
    time.sleep(rng.uniform(0, 1.5))
    victims = list(executors().values())
    assert victims, "the fit has ended"
    return rng.choice(victims)


def freeze(run, pid):
    since = time.monotonic()
    os.kill(pid, signal.SIGSTOP)
    try:
        return run.goes_on(since)
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGCONT)


def kill(run, pid):
    return run.goes_on(run.kill(pid))


def one(run, what, executors, count, rng):
    victim = wait_for_executors(run, executors, count, rng)
    rank0 = victim == executors().get(min(executors()))
    seconds = (kill if what == "kill" else freeze)(run, victim)
    step = run.of("progress")[-1]["iteration"]
    print(f"{what:7} {seconds:6.2f} s  after iteration {step}{', rank 0' if rank0 else ''}", flush=True)
    return {"what": what, "goes_on_s": round(seconds, 3), "iteration": step, "rank_0": rank0}


def fit(folder, master, conf, choices, executors, workers, most, want, a, rng):
    """One fit under failures, at most so many; near its end it is left alone."""
    drills = []
    with Run(folder, train_job(**FIT, iterations=a.iterations), master, conf=conf) as run:
        run.wait_for("progress", 2)
        try:
            while len(drills) < most and run.of("progress")[-1]["iteration"] < 0.8 * a.iterations:
                drills.append(one(run, rng.choice(choices), lambda: executors(run), workers, rng))
        except AssertionError:
            if not run.of("end"):  # else the end of the fit has cut a wait short
                raise
        end = run.end(timeout=1200)
    same = end["weights_sha256"] == want
    print(f"{len(drills)} failures, {end['replayed_steps']} steps again, weights "
          f"{'bit-equal' if same else 'DIFFERENT'}", flush=True)
    return {
        "drills": drills, "weights_bit_equal": same,
        "figures": {k: end[k] for k in ["spark", "iterations", "lost_workers", "replayed_steps", "recoveries"]},
    }


def summary(fits):
    times = [drill["goes_on_s"] for one_fit in fits for drill in one_fit["drills"]]
    return {
        "count": len(times), "median_s": statistics.median(times), "max_s": max(times),
        "weights_bit_equal": all(one_fit["weights_bit_equal"] for one_fit in fits), "fits": fits,
    }


def series(folder, what, count, want, a, rng):
    fits, left = [], count
    while left > 0:
        fits.append(fit(folder / f"{what}-{len(fits)}", f"local-cluster[{a.workers},1,1024]", [], [what],
                        lambda run: executor_ids(run.process.pid), a.workers, left, want, a, rng))
        left -= len(fits[-1]["drills"])
    return summary(fits)


def soak(folder, want, a, rng):
    """On a standalone cluster, which gets one more worker in the second fit."""
    fits, until = [], time.monotonic() + 60 * a.soak
    conf = [f"spark.executor.memory={MEMORY}", "spark.executor.cores=1", f"spark.cores.max={a.workers + 1}"]
    with Cluster(folder / "cluster", ["127.0.0.1"] * a.workers) as cluster:
        while time.monotonic() < until:
            if len(fits) == 1:
                cluster.add()
            fits.append(fit(folder / f"soak-{len(fits)}", cluster.master, conf, ["kill", "freeze"],
                            lambda _: cluster.executors(), len(cluster.started) - 1, 1000, want, a, rng))
    return dict(summary(fits), minutes=a.soak)


def main():
    p = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    p.add_argument("--kills", type=int, default=20)
    p.add_argument("--freezes", type=int, default=10)
    p.add_argument("--soak", type=float, default=0, metavar="MINUTES")
    p.add_argument("--workers", type=int, default=3)
    p.add_argument("--iterations", type=int, default=300, help="of each fit")
    p.add_argument("--seed", type=int, default=None, help="of the moments and victims")
    p.add_argument("--name", default="drills", help="of the result file")
    a = p.parse_args()
    seed = a.seed if a.seed is not None else random.randrange(1 << 30)
    rng = random.Random(seed)
    result = {
        "load_before": os.getloadavg()[0], "workers": a.workers, "seed": seed, "model": FIT["model"],
        "batch": FIT["fit"]["batch_size"], "group": FIT["group"], "iterations": a.iterations, "peer_deadline_s": 5,
    }
    with tempfile.TemporaryDirectory(prefix="firesteel-drills-") as folder:
        want = reference(Path(folder) / "reference", a.iterations)
        if a.kills:
            result["kills"] = series(Path(folder), "kill", a.kills, want, a, rng)
        if a.freezes:
            result["freezes"] = series(Path(folder), "freeze", a.freezes, want, a, rng)
        if a.soak:
            result["soak"] = soak(Path(folder), want, a, rng)
    path = save(a.name, **result)
    every = [(what, result[what]) for what in ["kills", "freezes", "soak"] if what in result]
    for what, r in every:
        print(f"{what}: {r['count']} failures, median {r['median_s']:.2f} s, longest {r['max_s']:.2f} s, "
              f"weights {'bit-equal' if r['weights_bit_equal'] else 'DIFFERENT'}")
    print(f"written to {path}")
    sys.exit(0 if all(r["weights_bit_equal"] for _, r in every) else 1)


if __name__ == "__main__":
    main()
