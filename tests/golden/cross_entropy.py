"""CrossEntropy against torch.nn.functional.cross_entropy."""

from torch.nn.functional import cross_entropy

KIND = "CrossEntropy"
CASES = {
    "cross_entropy": {"attrs": {}, "output": (4, 5), "labels": [3, 0, 4, 3]},
    "cross_entropy_large_scores": {"attrs": {}, "output": (3, 4), "labels": [0, 1, 2],
                                   "scale": 80.0},
}


def loss(attrs, output, labels):
    return cross_entropy(output, labels)
