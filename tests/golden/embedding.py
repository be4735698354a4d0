"""Embedding against torch.nn.functional.embedding."""

from torch.nn.functional import embedding

KIND = "Embedding"
CASES = {
    "embedding": {
        "attrs": {"num_embeddings": 6, "embedding_dim": 3},
        "inputs": [(4, 5)],
        "ids_below": 6,
        "params": {"weight": (6, 3)},
    },
}


def forward(attrs, params, x):
    return embedding(x.long(), params["weight"])
