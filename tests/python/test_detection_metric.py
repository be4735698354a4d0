# SPDX-License-Identifier: Apache-2.0
"""Detectors are measured by their boxes, while they are trained and when they return boxes."""

import numpy as np
import pytest

from firesteel import Model, metrics, nn


@pytest.fixture(scope="module")
def detectors():
    """The same net with what MultiBox trains and with boxes as outputs."""
    trained = Model.named("ssd_mobilenet", seed=3, classes=4, most_boxes=60)
    weights = trained.weights()
    rng = np.random.default_rng(5)
    for name, values in weights.items():  # scores that differ
        if name.startswith("head.classification") and name.endswith("weight"):
            weights[name] = rng.normal(0, 0.3, values.shape).astype(np.float32)
    trained.set_weights(weights)
    finding = Model.named("ssd_mobilenet", classes=4, detect=True)
    finding.set_weights(weights)
    return trained, finding


def test_the_boxes_are_those_of_the_layer(detectors):
    trained, finding = detectors
    x = np.random.default_rng(7).random((3, 3, 300, 300)).astype(np.float32)
    boxes = finding.predict(x)
    assert boxes.shape == (3, 200, 6) and len(set(boxes[:, :, 0].ravel())) > 1
    labels = np.full((3, 60, 5), -1, np.float32)
    for image, rows in enumerate(boxes):
        some = rows[rows[:, 0] > 0][::3][:60]
        labels[image, :len(some), 0] = some[:, 0]
        labels[image, :len(some), 1:] = some[:, 2:]
    kind = metrics.DetectionMeanAveragePrecision
    got = {}
    for style in "voc2007", "voc2010", "coco":
        key = "detection_mean_average_precision"
        got[style] = trained.evaluate(x, labels, loss=nn.MultiBox(),
                                      metrics=[kind(4, style=style, from_boxes=True)])[key]
        of_rows = finding.evaluate(x, labels, loss=nn.CustomLoss(lambda found, _: 0 * found),
                                   metrics=[kind(4, style=style)])[key]
        assert got[style] == pytest.approx(of_rows, abs=2e-3)
    assert 0.2 < got["voc2010"] < 0.99 and got["coco"] < got["voc2010"]


def test_a_model_that_has_too_few_outputs():
    net = nn.Sequential(nn.Linear(3, 24), nn.Reshape((4, 6)), input_shape=(3,)).build()
    with pytest.raises(ValueError, match="DetectionMeanAveragePrecision looks at 3 outputs, the model has 1"):
        net.evaluate(np.zeros((2, 3), np.float32), np.zeros((2, 4, 5), np.float32),
                     loss=nn.CustomLoss(lambda found, _: found),
                     metrics=[metrics.DetectionMeanAveragePrecision(4, from_boxes=True)])
