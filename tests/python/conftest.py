# SPDX-License-Identifier: Apache-2.0
"""What the Python tests share. They run against the built package: PYTHONPATH=$FIRESTEEL_DIST/python."""

import numpy as np
import pytest


def pytest_configure(config):
    config.addinivalue_line("markers", "slow: takes more than a few seconds")
    config.addinivalue_line("markers", "spark: starts Spark")


@pytest.fixture(scope="session")
def stripes():
    """Rows of 6x6 images with one bright row or column (12 classes) that a small net learns."""
    generator = np.random.default_rng(7)
    y = generator.integers(0, 12, 1200).astype(np.int32)
    x = generator.random((1200, 1, 6, 6), np.float32) * 0.3
    for image, label in zip(x, y):
        line = image[0, label] if label < 6 else image[0, :, label - 6]
        line += 0.7
    return x, y


@pytest.fixture
def net():
    """A small convolutional net for the stripes; without weights."""
    from firesteel import nn

    return nn.Sequential(nn.Conv2d(1, 8, 3), nn.ReLU(), nn.Flatten(), nn.Linear(128, 12),
                         input_shape=(1, 6, 6))
