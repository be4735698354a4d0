"""CosineEmbedding against torch.nn.functional.cosine_embedding_loss."""

from torch import where
from torch.nn.functional import cosine_embedding_loss

KIND = "CosineEmbedding"
CASES = {

    "cosine_embedding": {"attrs": {}, "outputs": [(4, 3), (4, 3)], "labels": [1, -1, 1, -1]},
    "cosine_embedding_margin": {"attrs": {"margin": -0.8}, "outputs": [(4, 3), (4, 3)],
                                "labels": [1, 0, -1, 0]},
}


def loss(attrs, first, second, labels):
    return cosine_embedding_loss(first, second, where(labels == 0, -1, labels),
                                 attrs.get("margin", 0.0))
