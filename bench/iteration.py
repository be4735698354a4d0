# SPDX-License-Identifier: Apache-2.0
"""An iteration on Spark beside a step of one process with as many threads, and beside another framework's.

    ./dev bench iteration [--model lenet5] [--batch 128] [--data DATA] [--rounds 5]
        [--masters 'local[2],local-cluster[2,1,1024]'] [--iterations 4000] [--peer 'COMMAND']

Each round runs `firesteel bench train` with two threads, then a fit on each master; and the peer where one is given: a
command that trains on two threads of one Spark process (BigDL does not know local-cluster) and whose last line is JSON
with an iteration's time as `ms_med`. An iteration on Spark is all that a typical group takes, with its scheduling.
Results go to bench/results/CPU/iteration_MODEL.json.
"""
import argparse
import json
import re
import shlex
import sys
import tempfile
from pathlib import Path
from statistics import median

from lib.results import ROOT, save
from side_by_side import last_json, own_json

sys.path.insert(0, str(ROOT / "tests/spark"))
from spark_run import Run  # noqa: E402

THREADS = 2


def alone_ms(a):
    """The step of one process."""
    return own_json("bench", "train", "--model", a.model, "--batch", a.batch, "--threads", THREADS)["step_ms"]


def spark_ms(a, master):
    """What an iteration takes in a typical group: {step_ms, compute_ms, sync_exposed_ms, schedule_ms, whole_ms}."""
    job = dict(command="train", model=a.model, data=a.data, iterations=a.iterations,
               fit=dict(batch_size=a.batch, validate_every=0, optimizer=dict(kind="SGD", lr=0.01)))
    with tempfile.TemporaryDirectory(prefix="firesteel-iteration-") as name:
        with Run(Path(name) / "fit", job, master, driver_memory="2g") as run:
            found = run.end(timeout=600)["typical"]
    return dict(found, whole_ms=found["step_ms"] + found["schedule_ms"])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--model", default="lenet5")
    parser.add_argument("--batch", type=int, default=128)
    parser.add_argument("--data", default="synthetic:1x28x28/10/60000")
    parser.add_argument("--masters", default="local[2],local-cluster[2,1,1024]")
    parser.add_argument("--iterations", type=int, default=12000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--peer")
    a = parser.parse_args()
    masters = re.findall(r"[^,\[]+\[[^\]]*\]", a.masters)
    rounds = {master: [] for master in masters}
    for i in range(a.rounds):
        peer = last_json(shlex.split(a.peer))["ms_med"] if a.peer else None
        for master in masters:
            alone = alone_ms(a)
            found = dict(spark_ms(a, master), alone_ms=alone)
            if a.peer:
                found["peer_ms"] = peer
            rounds[master].append({name: round(value, 4) for name, value in found.items()})
            print(f"round {i + 1}, {master}: " + ", ".join(f"{k} {v:.3f}" for k, v in found.items()), flush=True)
    entries = []
    for master, runs in rounds.items():
        entry = dict(master=master, **{name: round(median(run[name] for run in runs), 4) for name in runs[0]})
        entry["of_alone"] = round(median(run["whole_ms"] / run["alone_ms"] for run in runs), 3)
        if a.peer:
            entry["peer_of_own"] = round(median(run["peer_ms"] / run["whole_ms"] for run in runs), 2)
        entries.append(dict(entry, rounds=runs))
        print(f"{master}: an iteration takes {entry['of_alone']:.3f} of a step of one process"
              + (f", the peer's {entry['peer_of_own']:.1f} of it" if a.peer else ""))
    save(f"iteration_{a.model}", model=a.model, batch=a.batch, threads=THREADS, data=a.data,
         peer=a.peer and a.peer.split("/")[-1], entries=entries)


if __name__ == "__main__":
    main()
