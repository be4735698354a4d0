"""SoftMargin against torch.nn.functional.soft_margin_loss."""

from torch import where
from torch.nn.functional import soft_margin_loss

KIND = "SoftMargin"
CASES = {
    "soft_margin": {
        "attrs": {}, "output": (3, 4),
        "labels": [[1, -1, -1, 1], [-1, 1, 1, 1], [1, -1, 1, -1]]},
    "soft_margin_sum": {
        "attrs": {"reduction": "sum"}, "output": (3, 4),
        "labels": [[1, 0, -1, 1], [-1, 1, 0, 1], [1, -1, 1, 0]]},
}


def reduced(attrs, terms):
    """The mean over all numbers, or over rows of their sums."""
    return terms.sum() / len(terms) if attrs.get("reduction") == "sum" else terms.mean()


def loss(attrs, output, labels):
    signs = where(labels == 0, -1, labels).to(output.dtype)
    return reduced(attrs, soft_margin_loss(output, signs, reduction="none"))
