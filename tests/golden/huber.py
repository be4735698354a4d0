"""Huber against torch.nn.functional.huber_loss."""

from torch.nn.functional import huber_loss

KIND = "Huber"
CASES = {
    "huber": {
        "attrs": {}, "output": (3, 4),
        "labels": [[0.5, -1.25, 2.0, 0.0], [1.5, 0.25, -0.75, 3.0], [-2.0, 0.1, 0.9, 0.4]]},
    "huber_delta": {
        "attrs": {"delta": 0.5, "reduction": "sum"}, "output": (3, 4),
        "labels": [[0.5, -1.25, 2.0, 0.0], [1.5, 0.25, -0.75, 3.0], [-2.0, 0.1, 0.9, 0.4]]},
}


def reduced(attrs, terms):
    """The mean over all numbers, or over rows of their sums."""
    return terms.sum() / len(terms) if attrs.get("reduction") == "sum" else terms.mean()


def loss(attrs, output, labels):
    return reduced(attrs, huber_loss(output, labels, reduction="none", delta=attrs.get("delta", 1.0)))
