# SPDX-License-Identifier: Apache-2.0
"""Recommenders on MovieLens-100K beside PyTorch's, with the same first weights and the same batches.

    ./dev bench movielens --peer-python PYTHON [--seeds 3] [--threads 2]

PYTHON has torch and NumPy. `ncf` by the protocol of He et al. 2017: of each user the last film is for the test, 4
negatives are drawn for each positive and epoch, and the film has to be among the first 10 of itself and 99 that the
user has not rated (HR@10, NDCG@10). `widedeep`: whether a user gives a film 4 stars or more; a random fifth of the
ratings is for the test (AUC). Both: Adam, learning rate 0.001, batch 256, embeddings from N(0, 0.01). A seed makes
first weights, negatives and the order of rows. What counts is the mean of the last epoch over the seeds: the exit
status is 1 where the two differ by more than 0.01. Results go to bench/results/CPU/movielens.json.
"""
import argparse
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
from firesteel import Model, nn, optim

from lib.fits import epochs_of, row_orders
from lib.recommenders import FIGURES, SMALL, Ncf, WideDeep, first_model
from lib.results import save
from side_by_side import last_json

PEER = Path(__file__).with_name("peers") / "movielens_torch.py"
BATCH, LR, LIMIT = 256, 0.001, 0.01


def rounded(task, epochs):
    """{figure: [after each epoch]} of the scores."""
    found = [task.figures(scores) for scores in epochs]
    return {name: [round(one[name], 5) for one in found] for name in FIGURES if name in found[0]}


def fit(task, model, train, seed, threads):
    scores, losses = [], []
    for loss in epochs_of(model, train, BATCH, seed, threads, loss=nn.BCEWithLogits(), optimizer=optim.Adam(LR)):
        losses.append(round(loss, 6))
        scores.append(model.predict(task.test, threads))
    return dict(rounded(task, scores), loss=losses)


def peer_fit(task, model, train, seed, threads, python):
    with tempfile.TemporaryDirectory() as path:
        folder = Path(path)
        np.savez(folder / "weights.npz", **model.weights())
        np.save(folder / "test.npy", task.test)
        orders = row_orders(len(train[0][1]), task.epochs, BATCH, seed, threads)
        for epoch, ((x, y), order) in enumerate(zip(train, orders, strict=True)):
            np.save(folder / f"x{epoch}.npy", x[order])
            np.save(folder / f"y{epoch}.npy", y[order])
        options = [task.options.get(name, 0) for name in ("dense", "crosses")]
        numbers = map(str, (*options, task.epochs, BATCH, LR, threads))
        found = last_json([python, str(PEER), str(folder), task.name, *numbers])
        scores = [np.load(folder / f"scores{epoch}.npy") for epoch in range(task.epochs)]
    losses = [round(loss, 6) for loss in found["losses"]]
    return dict(rounded(task, scores), loss=losses), found["version"]


def say(what, own, other):
    print(f"{what}: Firesteel {own:.4f}, PyTorch {other:.4f}, difference {own - other:+.4f}", flush=True)


def compare(task, a):
    """Runs of all seeds, and for each figure both means of the last epoch and their difference."""
    runs = []
    for seed in range(1, a.seeds + 1):
        train, first = task.train(seed), first_model(task, seed).to_bytes()
        ours = fit(task, Model.from_bytes(first), train, seed, a.threads)
        peer, version = peer_fit(task, Model.from_bytes(first), train, seed, a.threads, a.peer_python)
        runs.append(dict(seed=seed, firesteel=ours, peer=peer))
        for name in FIGURES:
            if name in ours:
                say(f"  {FIGURES[name]}, seed {seed}", ours[name][-1], peer[name][-1])
    means = {}
    for name in FIGURES:
        if name in runs[0]["peer"]:
            own, other = (statistics.mean(run[side][name][-1] for run in runs) for side in ("firesteel", "peer"))
            means[name] = dict(firesteel=round(own, 5), peer=round(other, 5), difference=round(own - other, 5))
            say(FIGURES[name], own, other)
    return dict(epochs=task.epochs, options=task.options, means=means, runs=runs), version


def check_peer(python):
    try:
        subprocess.run([python, "-c", "import numpy, torch"], stderr=subprocess.DEVNULL, check=True)
    except (OSError, subprocess.CalledProcessError):
        sys.exit(f"bench: {python} is no Python that has torch and NumPy. Name one with --peer-python")


def main():
    p = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    p.add_argument("--peer-python", default=sys.executable, help="a Python with torch and NumPy")
    p.add_argument("--seeds", type=int, default=3)
    p.add_argument("--threads", type=int, default=os.cpu_count())
    a = p.parse_args()
    check_peer(a.peer_python)
    ncf, version = compare(Ncf(), a)
    widedeep, version = compare(WideDeep(), a)
    means = {**ncf["means"], **widedeep["means"]}
    apart = [name for name in means if abs(means[name]["difference"]) > LIMIT]
    path = save("movielens", threads=a.threads, peer_version=version, optimizer="Adam", lr=LR, batch_size=BATCH,
                embeddings=f"N(0, {SMALL})", limit=LIMIT, within=not apart, ncf=ncf, widedeep=widedeep)
    print(f"written to {path}")
    if apart:
        sys.exit(f"bench: more than {LIMIT} from PyTorch's: " + ", ".join(FIGURES[name] for name in apart))


if __name__ == "__main__":
    main()
