"""MeanSquaredError against torch.nn.functional.mse_loss."""

from torch.nn.functional import mse_loss

KIND = "MeanSquaredError"
CASES = {

    "mean_squared_error": {"attrs": {}, "output": (4, 1), "labels": [0.5, -1.25, 2.0, 0.0]},
    "mean_squared_error_rows": {
        "attrs": {}, "output": (2, 3), "labels": [[0.5, -1.25, 2.0], [0.0, 1.0, -0.75]],
    },
    "mean_squared_error_sum": {
        "attrs": {"reduction": "sum"}, "output": (2, 3), "normaliser": 2,
        "labels": [[0.5, -1.25, 2.0], [0.0, 1.0, -0.75]],
    },
}


def reduced(attrs, terms):
    """The mean over all numbers, or over rows of their sums."""
    return terms.sum() / len(terms) if attrs.get("reduction") == "sum" else terms.mean()


def loss(attrs, output, labels):
    return reduced(attrs, mse_loss(output, labels.reshape(output.shape), reduction="none"))
