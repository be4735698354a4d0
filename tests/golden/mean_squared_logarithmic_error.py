"""MeanSquaredLogarithmicError as Keras defines it."""

from torch.nn.functional import mse_loss

KIND = "MeanSquaredLogarithmicError"
CASES = {
    "mean_squared_logarithmic_error": {
        "attrs": {}, "output": (3, 4),
        "labels": [[0.5, 1.25, 2.0, 0.0], [1.5, 0.25, 0.75, 3.0], [2.0, 0.1, 0.9, 0.4]]},
    "mean_squared_logarithmic_error_sum": {
        "attrs": {"reduction": "sum"}, "output": (3, 4), "squash": True,
        "labels": [[0.5, 1.25, 2.0, 0.0], [1.5, 0.25, 0.75, 3.0], [2.0, 0.1, 0.9, 0.4]]},
}


def reduced(attrs, terms):
    """The mean over all numbers, or over rows of their sums."""
    return terms.sum() / len(terms) if attrs.get("reduction") == "sum" else terms.mean()


def loss(attrs, output, labels):
    logs = [(1 + x.clamp(attrs.get("eps", 1e-7))).log() for x in (output, labels)]
    return reduced(attrs, mse_loss(*logs, reduction="none"))
