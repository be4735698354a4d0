# SPDX-License-Identifier: Apache-2.0
"""ResNet-20 on CIFAR-10: the test accuracy of short fits beside PyTorch's with the same recipe.

    ./dev bench resnet20_cifar10 --peer-python PYTHON [--data DIR]

DIR, by default cifar10-jpeg in FIRESTEEL_SHARED_DATA, holds cifar10-train-50k-jpeg.tar.xz and cifar10-test-10k-jpeg.tar.xz (folders of JPEG files named
after their class); PYTHON has torch. Recipe of both: SGD with momentum 0.9, weight decay
1e-4, learning rate 0.1 falling linearly to zero, batch 128, no augmentation, He et al.'s first
weights. Writes bench/results/CPU/resnet20_cifar10.json and docs/images/resnet20_cifar10.png.
"""
import argparse
import json
import math
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

from lib.charts import dots
from lib.cifar10_jpeg import arrays
from lib.results import ROOT, save

PEER = Path(__file__).with_name("peers") / "resnet20_torch.py"


def fit(data, seed, epochs, threads):
    from firesteel import Model, optim

    model = Model.named("resnet20", seed)
    accuracies = []

    def listen(event):
        if event["event"] == "epoch":
            accuracies.append(event["accuracy"])
            print(f"  Firesteel, seed {seed}, epoch {event['epoch']}: {event['accuracy']:.4f}", flush=True)

    figures = model.fit(data["train_x"], data["train_y"], batch_size=128, epochs=epochs, seed=seed,
                        threads=threads, validation=(data["test_x"], data["test_y"]), progress=listen,
                        optimizer=optim.SGD(0.1, momentum=0.9, weight_decay=1e-4),
                        schedule=optim.Poly(1.0))
    return {"seed": seed, "accuracies": accuracies, "images_per_s": figures["images_per_s"]}


def peer_fit(python, file, seed, epochs, threads):
    command = [python, str(PEER), str(file), str(seed), str(epochs), str(threads)]
    run = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    if run.returncode != 0:
        sys.exit(f"bench: {' '.join(command)} failed with exit code {run.returncode}")
    result = json.loads(run.stdout.splitlines()[-1])
    print(f"  PyTorch, seed {seed}: {result['accuracies']}", flush=True)
    return result


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--data")
    p.add_argument("--peer-python", required=True)
    p.add_argument("--seeds", type=int, default=3)
    p.add_argument("--epochs", type=int, default=3)
    p.add_argument("--threads", type=int, default=os.cpu_count())
    a = p.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "cifar10.npz"
        print("decoding the images", flush=True)
        data = arrays(a.data)
        np.savez(file, **data)
        ours, peers = [], []
        for seed in range(1, a.seeds + 1):  # in turn
            ours.append(fit(data, seed, a.epochs, a.threads))
            peers.append(peer_fit(a.peer_python, file, seed, a.epochs, a.threads))
    last = [[run["accuracies"][-1] for run in runs] for runs in (ours, peers)]
    means = [statistics.mean(accuracies) for accuracies in last]
    # Of a difference of two means.
    sigma = math.sqrt(sum(statistics.variance(accuracies) / a.seeds for accuracies in last))
    save("resnet20_cifar10", threads=a.threads, epochs=a.epochs, firesteel=ours, peer=peers, firesteel_mean=means[0],
         peer_mean=means[1], difference=means[0] - means[1], sigma=sigma,
         within_two_sigma=abs(means[0] - means[1]) <= 2 * sigma)
    image = ROOT / "docs/images/resnet20_cifar10.png"
    dots(image, "ResNet-20 on CIFAR-10: test accuracy after each epoch",
         {"Firesteel": [run["accuracies"] for run in ours], "PyTorch": [run["accuracies"] for run in peers]},
         "epoch", "accuracy")
    print(f"Firesteel {means[0]:.4f}, PyTorch {means[1]:.4f}, difference {means[0] - means[1]:+.4f}, "
          f"sigma {sigma:.4f}")


if __name__ == "__main__":
    main()
