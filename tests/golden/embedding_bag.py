"""EmbeddingBag against torch.nn.functional.embedding_bag."""

from torch.nn.functional import embedding_bag

KIND = "EmbeddingBag"
CASES = {
    "embedding_bag": {
        "attrs": {"num_embeddings": 6, "embedding_dim": 3},
        "inputs": [(4, 5)],
        "ids_below": 6,
        "params": {"weight": (6, 3)},
    },
}


def forward(attrs, params, x):
    return embedding_bag(x.long(), params["weight"], mode="sum")
