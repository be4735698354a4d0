"""HingeEmbedding against torch.nn.functional.hinge_embedding_loss."""

from torch import where
from torch.nn.functional import hinge_embedding_loss

KIND = "HingeEmbedding"
CASES = {
    "hinge_embedding": {
        "attrs": {}, "output": (3, 4),
        "labels": [[1, -1, -1, 1], [-1, 1, 1, 1], [1, -1, 1, -1]]},
    "hinge_embedding_margin": {
        "attrs": {"margin": 0.3, "reduction": "sum"}, "output": (3, 4),
        "labels": [[1, 0, -1, 1], [-1, 1, 0, 1], [1, -1, 1, 0]]},
}


def reduced(attrs, terms):
    """The mean over all numbers, or over rows of their sums."""
    return terms.sum() / len(terms) if attrs.get("reduction") == "sum" else terms.mean()


def loss(attrs, output, labels):
    return reduced(attrs, hinge_embedding_loss(output, where(labels == 0, -1, labels),
                                               attrs.get("margin", 1.0), reduction="none"))
