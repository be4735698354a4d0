# SPDX-License-Identifier: Apache-2.0
"""CIFAR-10 as archives of JPEG files in folders named after their class."""
import io
import tarfile

import numpy as np

from lib.shared_data import shared_file

MEAN, DEVIATION = (0.4914, 0.4822, 0.4465), (0.2470, 0.2435, 0.2616)  # of CIFAR-10's training images


def images(archive, mean=MEAN, deviation=DEVIATION):
    """Normalized rows, channels first, and their classes, which are the folders' names in alphabetical order."""
    from PIL import Image

    rows, classes = [], []
    with tarfile.open(archive) as tar:
        for member in tar:
            if member.name.endswith(".jpg"):
                rows.append(np.asarray(Image.open(io.BytesIO(tar.extractfile(member).read()))))
                classes.append(member.name.split("/")[-2])
    names = sorted(set(classes))
    x = (np.stack(rows).astype(np.float32) / 255 - mean) / deviation
    return x.transpose(0, 3, 1, 2).astype(np.float32), np.array([names.index(c) for c in classes], np.int32)


def arrays(folder=None):
    """train_x, train_y, test_x, test_y; of a folder, or of the data beside the repository."""
    out = {}
    for split, archive in (("train", "cifar10-train-50k-jpeg.tar.xz"), ("test", "cifar10-test-10k-jpeg.tar.xz")):
        out[split + "_x"], out[split + "_y"] = images(shared_file("cifar10-jpeg", archive, folder))
    return out
