"""PositionalEmbedding against a sum with the first rows of its table."""

KIND = "PositionalEmbedding"
CASES = {
    "positional_embedding": {
        "attrs": {"num_positions": 5, "embedding_dim": 3},
        "inputs": [(2, 4, 3)],
        "params": {"weight": (5, 3)},
    },
}


def forward(attrs, params, x):
    return x + params["weight"][:x.shape[1]]
