"""Hinge as Keras defines it."""

from torch import where

KIND = "Hinge"
CASES = {
    "hinge": {
        "attrs": {}, "output": (3, 4),
        "labels": [[1, -1, -1, 1], [-1, 1, 1, 1], [1, -1, 1, -1]]},
    "hinge_squared": {
        "attrs": {"squared": True, "margin": 0.5, "reduction": "sum"}, "output": (3, 4),
        "labels": [[1, 0, -1, 1], [-1, 1, 0, 1], [1, -1, 1, 0]]},
}


def reduced(attrs, terms):
    """The mean over all numbers, or over rows of their sums."""
    return terms.sum() / len(terms) if attrs.get("reduction") == "sum" else terms.mean()


def loss(attrs, output, labels):
    signs = where(labels == 0, -1, labels)
    lack = (attrs.get("margin", 1.0) - signs * output).relu()
    return reduced(attrs, lack**2 if attrs.get("squared") else lack)
