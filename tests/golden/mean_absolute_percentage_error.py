"""MeanAbsolutePercentageError as Keras defines it."""

KIND = "MeanAbsolutePercentageError"
CASES = {
    "mean_absolute_percentage_error": {
        "attrs": {}, "output": (3, 4),
        "labels": [[0.5, -1.25, 2.0, 0.01], [1.5, 0.25, -0.75, 3.0], [-2.0, 0.1, 0.9, 0.4]]},
    "mean_absolute_percentage_error_eps": {
        "attrs": {"eps": 0.5, "reduction": "sum"}, "output": (3, 4),
        "labels": [[0.5, -1.25, 2.0, 0.0], [1.5, 0.25, -0.75, 3.0], [-2.0, 0.1, 0.9, 0.4]]},
}


def reduced(attrs, terms):
    """The mean over all numbers, or over rows of their sums."""
    return terms.sum() / len(terms) if attrs.get("reduction") == "sum" else terms.mean()


def loss(attrs, output, labels):
    return reduced(attrs, 100 * ((output - labels) / labels.abs().clamp(attrs.get("eps", 1e-7))).abs())
