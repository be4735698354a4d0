"""BCE against torch.nn.functional.binary_cross_entropy."""

from torch import tensor
from torch.nn.functional import binary_cross_entropy

KIND = "BCE"
CASES = {
    "bce": {
        "attrs": {}, "output": (3, 4), "squash": True,
        "labels": [[1.0, 0.0, 0.3, 0.0], [0.0, 1.0, 1.0, 0.8], [0.0, 0.0, 1.0, 0.5]]},
    "bce_weights": {
        "attrs": {"weight": [0.5, 1.0, 2.0, 0.0], "reduction": "sum"}, "output": (3, 4), "squash": True,
        "labels": [[1.0, 0.0, 0.3, 0.0], [0.0, 1.0, 1.0, 0.8], [0.0, 0.0, 1.0, 0.5]]},
}


def reduced(attrs, terms):
    """The mean over all numbers, or over rows of their sums."""
    return terms.sum() / len(terms) if attrs.get("reduction") == "sum" else terms.mean()


def loss(attrs, output, labels):
    weight = tensor(attrs["weight"], dtype=output.dtype) if "weight" in attrs else None
    return reduced(attrs, binary_cross_entropy(output, labels, weight, reduction="none"))
