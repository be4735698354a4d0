"""Embedding against torch.nn.functional.embedding."""

import torch
from torch.nn.functional import embedding

KIND = "Embedding"
CASES = {
    "embedding": {
        "attrs": {"num_embeddings": 6, "embedding_dim": 3},
        "inputs": [(4, 5)],
        "ids_below": 6,
        "params": {"weight": (6, 3)},
    },
    "embedding_with_padding": {
        "attrs": {"num_embeddings": 6, "embedding_dim": 3, "padding_idx": 2},
        "inputs": [(4, 5)],
        "ids_below": 6,
        "params": {"weight": (6, 3)},
    },
    "embedding_of_short_rows": {
        "attrs": {"num_embeddings": 6, "embedding_dim": 9, "max_norm": 3.0},
        "inputs": [(4, 5)],
        "ids_below": 6,
        "params": {"weight": (6, 9)},
    },
}


def forward(attrs, params, x):
    table = params["weight"]
    if "max_norm" in attrs:
        norms = table.norm(dim=1, keepdim=True)
        most = attrs["max_norm"]
        table = torch.where(norms > most, table * (most / (norms + 1e-7)), table)
    rows = embedding(x.long(), table)
    return rows * (x != attrs.get("padding_idx", -1)).unsqueeze(-1)
