"""SmoothL1 against torch.nn.functional.smooth_l1_loss."""

from torch.nn.functional import smooth_l1_loss

KIND = "SmoothL1"
CASES = {
    "smooth_l1": {
        "attrs": {}, "output": (3, 4),
        "labels": [[0.5, -1.25, 2.0, 0.0], [1.5, 0.25, -0.75, 3.0], [-2.0, 0.1, 0.9, 0.4]]},
    "smooth_l1_beta": {
        "attrs": {"beta": 0.4, "reduction": "sum"}, "output": (3, 4),
        "labels": [[0.5, -1.25, 2.0, 0.0], [1.5, 0.25, -0.75, 3.0], [-2.0, 0.1, 0.9, 0.4]]},
    "smooth_l1_no_beta": {
        "attrs": {"beta": 0.0}, "output": (3, 4),
        "labels": [[0.5, -1.25, 2.0, 0.0], [1.5, 0.25, -0.75, 3.0], [-2.0, 0.1, 0.9, 0.4]]},
}


def reduced(attrs, terms):
    """The mean over all numbers, or over rows of their sums."""
    return terms.sum() / len(terms) if attrs.get("reduction") == "sum" else terms.mean()


def loss(attrs, output, labels):
    return reduced(attrs, smooth_l1_loss(output, labels, reduction="none",
                                         beta=attrs.get("beta", 1.0)))
