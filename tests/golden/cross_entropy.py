"""CrossEntropy against torch.nn.functional.cross_entropy."""

from torch import tensor
from torch.nn.functional import cross_entropy

KIND = "CrossEntropy"
CASES = {

    "cross_entropy": {"attrs": {}, "output": (4, 5), "labels": [3, 0, 4, 3], "normaliser": 4},
    "cross_entropy_large_scores": {"attrs": {}, "output": (3, 4), "labels": [0, 1, 2],
                                   "scale": 80.0},
    "cross_entropy_weights": {"attrs": {"weight": [0.5, 1.0, 2.0], "label_smoothing": 0.1},
                              "output": (4, 3), "labels": [2, 0, -100, 1], "normaliser": 3.5},
    "cross_entropy_steps": {"attrs": {"ignore_index": 0}, "output": (2, 4, 3),
                            "labels": [[1, 2, 0, 0], [2, 2, 1, 0]], "normaliser": 5},
    "cross_entropy_maps": {
        "attrs": {"dim": 1, "weight": [0.5, 1.0, 2.0], "label_smoothing": 0.2, "ignore_index": 1},
        "output": (2, 3, 2, 2), "labels": [[[0, 2], [1, 2]], [[2, 1], [0, 0]]], "normaliser": 7.5},
    "cross_entropy_sum": {"attrs": {"reduction": "sum"}, "output": (2, 4, 3),
                          "labels": [[1, 2, 0, 0], [2, 2, -100, 0]], "normaliser": 2},
    "cross_entropy_full": {"attrs": {"reduction": "full", "dim": 1}, "output": (2, 3, 4),
                           "labels": [[1, 2, 0, 0], [2, 2, -100, 0]], "normaliser": 8},
}


def loss(attrs, output, labels):
    scores = output if attrs.get("dim", -1) == 1 else output.movedim(-1, 1)
    weight = tensor(attrs["weight"], dtype=output.dtype) if "weight" in attrs else None
    reduction = attrs.get("reduction", "mean")
    value = cross_entropy(scores, labels, weight, ignore_index=attrs.get("ignore_index", -100),
                          label_smoothing=attrs.get("label_smoothing", 0.0),
                          reduction="mean" if reduction == "mean" else "sum")
    return value / {"mean": 1, "sum": len(labels), "full": labels.numel()}[reduction]
