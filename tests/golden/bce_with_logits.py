"""BCEWithLogits against binary_cross_entropy_with_logits of torch."""

from torch import tensor
from torch.nn.functional import binary_cross_entropy_with_logits

KIND = "BCEWithLogits"
CASES = {
    "bce_with_logits": {
        "attrs": {}, "output": (3, 4),
        "labels": [[1.0, 0.0, 0.3, 0.0], [0.0, 1.0, 1.0, 0.8], [0.0, 0.0, 1.0, 0.5]]},
    "bce_with_logits_large": {
        "attrs": {}, "output": (3, 4), "scale": 60.0,
        "labels": [[1.0, 0.0, 0.3, 0.0], [0.0, 1.0, 1.0, 0.8], [0.0, 0.0, 1.0, 0.5]]},
    "bce_with_logits_weights": {
        "attrs": {"weight": [0.5, 1.0, 2.0, 0.0], "pos_weight": [2.0, 0.5, 3.0, 1.0]}, "output": (3, 4),
        "labels": [[1.0, 0.0, 0.3, 0.0], [0.0, 1.0, 1.0, 0.8], [0.0, 0.0, 1.0, 0.5]]},
    "bce_with_logits_pos_weight": {
        "attrs": {"pos_weight": [3.0], "reduction": "sum"}, "output": (3, 4),
        "labels": [[1.0, 0.0, 0.3, 0.0], [0.0, 1.0, 1.0, 0.8], [0.0, 0.0, 1.0, 0.5]]},
}


def reduced(attrs, terms):
    """The mean over all numbers, or over rows of their sums."""
    return terms.sum() / len(terms) if attrs.get("reduction") == "sum" else terms.mean()


def loss(attrs, output, labels):
    weight = tensor(attrs["weight"], dtype=output.dtype) if "weight" in attrs else None
    pos_weight = tensor(attrs["pos_weight"], dtype=output.dtype) if "pos_weight" in attrs else None
    return reduced(attrs, binary_cross_entropy_with_logits(output, labels, weight, reduction="none",
                                                           pos_weight=pos_weight))
