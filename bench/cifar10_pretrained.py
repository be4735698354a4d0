# SPDX-License-Identifier: Apache-2.0
"""PyTorch's weights of ResNet-20 and ResNet-56 in ours: the test accuracy on CIFAR-10 as JPEG.

    ./dev bench cifar10_pretrained [--weights DIR] [--data DIR]

DIR of weights holds resnet20-*.th and resnet56-*.th (github.com/akamaster/pytorch_resnet_cifar10), DIR of data
cifar10-test-10k-jpeg.tar.xz; by default they are cifar10-resnets-pth and cifar10-jpeg in FIRESTEEL_SHARED_DATA, which
is ../shared/data beside the repository. These nets had 91.78 and 93.62 % on the original images; of the JPEG files,
which are lossy, PyTorch gets 81.0 and 83.2 % right. Writes bench/results/CPU/cifar10_pretrained.json.
"""
import argparse
import os
import sys

import numpy as np

from lib.cifar10_jpeg import images
from lib.results import save
from lib.shared_data import shared_file
from lib.torch_pickle import load

MEAN, DEVIATION = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)  # of that repository, ImageNet's
KNOWN = {"resnet20": 0.810, "resnet56": 0.832}
MOST_DIFFERENCE = 0.001


def converted(name, file):
    from firesteel import Model

    model = Model.named(name, shortcut="A")
    renamed = {key.removeprefix("module.").replace("linear.", "fc."): value
               for key, value in load(file)["state_dict"].items() if not key.endswith("num_batches_tracked")}
    missing = set(model.weights()) - set(renamed)
    if missing:
        sys.exit(f"bench: {file} has no {sorted(missing)[0]}")
    model.set_weights(renamed)
    return model


def versions():
    """Of what has a part in the figures: decoders of JPEG differ in single pixels."""
    import PIL

    from firesteel import __version__

    return dict(firesteel=__version__, pillow=PIL.__version__, numpy=np.__version__)


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--weights")
    p.add_argument("--data")
    p.add_argument("--threads", type=int, default=os.cpu_count())
    a = p.parse_args()
    # All are looked for before the first one takes time.
    files = {name: shared_file("cifar10-resnets-pth", f"{name}-*.th", a.weights) for name in KNOWN}
    x, y = images(shared_file("cifar10-jpeg", "cifar10-test-10k-jpeg.tar.xz", a.data), MEAN, DEVIATION)
    print(f"{len(x)} images", flush=True)
    entries, bad = [], []
    for name, known in KNOWN.items():
        accuracy = converted(name, files[name]).evaluate(x, y, threads=a.threads)["accuracy"]
        print(f"{name}: {accuracy:.4f}, with PyTorch {known:.3f}", flush=True)
        entries.append(dict(model=name, file=files[name].name, accuracy=accuracy, pytorch=known))
        if abs(accuracy - known) > MOST_DIFFERENCE:
            bad.append(name)
    print(save("cifar10_pretrained", rows=len(x), threads=a.threads, versions=versions(), entries=entries))
    sys.exit(f"bench: {', '.join(bad)} differs by more than {MOST_DIFFERENCE}" if bad else 0)


if __name__ == "__main__":
    main()
