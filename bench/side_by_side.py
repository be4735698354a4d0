# SPDX-License-Identifier: Apache-2.0
"""Firesteel beside another framework: pairs of runs in turn, and the median ratio.

    ./dev bench side_by_side --model lenet5 --batch 128 --threads 2 --pairs 7 \
        --peer 'python torch_bench.py --model lenet5 --batch 128 --threads 2' --name lenet5_torch

The peer is any command whose last line on stdout is a JSON object with the images per second of
its median step as `ips_med` or `images_per_s`. The result is written to bench/results/CPU/NAME.json.
"""
import argparse
import json
import os
import shlex
import statistics
import subprocess
import sys
from pathlib import Path

from lib.results import ROOT, cpu_name, save

DIST = Path(os.environ.get("FIRESTEEL_DIST", ROOT / "build/dist"))


def own_json(*words):
    """What a firesteel command says with --json."""
    command = [str(word) for word in (DIST / "bin/firesteel", *words, "--json", "-")]
    run = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True)
    return json.loads(run.stdout)


def last_json(command):
    run = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    lines = [line for line in run.stdout.splitlines() if line.startswith("{")]
    if run.returncode != 0 or not lines:
        sys.exit(f"bench: '{shlex.join(command)}' failed with exit code {run.returncode}")
    return json.loads(lines[-1])


def firesteel(a):
    return own_json("bench", a.mode, "--model", a.model, "--batch", a.batch, "--threads", a.threads, "--dtype", a.dtype,
                    "--seconds", a.seconds)


def confidence(ratios):
    """A distribution-free interval for the median, of at least 95 % for 7 pairs and more."""
    ordered, n = sorted(ratios), len(ratios)
    drop, tail = 0, 0.5 ** n
    probability = tail
    while True:
        tail = tail * (n - drop) / (drop + 1)
        if 2 * (probability + tail) > 0.05:
            break
        probability += tail
        drop += 1
    return ordered[drop], ordered[n - 1 - drop]


def main():
    p = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    p.add_argument("--name", required=True, help="of the result file")
    p.add_argument("--peer", required=True, help="command of the other framework")
    p.add_argument("--mode", choices=["train", "infer"], default="train")
    p.add_argument("--model", required=True)
    p.add_argument("--batch", type=int, default=128)
    p.add_argument("--threads", type=int, default=2)
    p.add_argument("--dtype", default="f32")
    p.add_argument("--pairs", type=int, default=7)
    p.add_argument("--seconds", type=float, default=5)
    a = p.parse_args()

    pairs, own, peer = [], {}, {}
    for i in range(a.pairs):
        peer = last_json(shlex.split(a.peer))
        own = firesteel(a)
        theirs = peer.get("ips_med", peer.get("images_per_s"))
        pairs.append({"firesteel": own["images_per_s"], "peer": theirs})
        print(f"pair {i + 1}/{a.pairs}: Firesteel {own['images_per_s']:,.0f} images/s, "
              f"peer {theirs:,.0f}, ratio {own['images_per_s'] / theirs:.3f}", flush=True)
    ratios = [pair["firesteel"] / pair["peer"] for pair in pairs]
    low, high = confidence(ratios)
    median = statistics.median(ratios)
    path = save(
        a.name, mode=a.mode, model=a.model, batch=a.batch, threads=a.threads, dtype=a.dtype,
        isa=own["isa"], onednn=own["onednn"], ratio_median=median, ratio_low=low, ratio_high=high,
        firesteel_median=statistics.median(x["firesteel"] for x in pairs),
        peer_median=statistics.median(x["peer"] for x in pairs),
        peer_version=peer.get("ver", peer.get("version")), pairs=pairs)
    print(f"median ratio {median:.3f} [{low:.3f}, {high:.3f}], {cpu_name()}; written to {path}")


if __name__ == "__main__":
    main()
