"""EmbeddingBag against torch.nn.functional.embedding_bag and, with weights, einsum."""

import torch
from torch.nn.functional import embedding, embedding_bag

KIND = "EmbeddingBag"
CASES = {
    "embedding_bag": {
        "attrs": {"num_embeddings": 6, "embedding_dim": 3},
        "inputs": [(4, 5)],
        "ids_below": 6,
        "params": {"weight": (6, 3)},
    },
    "embedding_bag_mean": {
        "attrs": {"num_embeddings": 6, "embedding_dim": 3, "mode": "mean"},
        "inputs": [(4, 5)],
        "ids_below": 6,
        "params": {"weight": (6, 3)},
    },
    "embedding_bag_sqrtn": {
        "attrs": {"num_embeddings": 6, "embedding_dim": 3, "mode": "sqrtn"},
        "inputs": [(4, 5)],
        "ids_below": 6,
        "params": {"weight": (6, 3)},
    },
    **{
        f"embedding_bag_weighted_{mode}": {
            "attrs": {"num_embeddings": 6, "embedding_dim": 9, "mode": mode, "max_norm": 3.0},
            "inputs": [(4, 5), (4, 5)],
            "ids_below": 6,
            "ids_inputs": [0],
            "least": 0.1,
            "params": {"weight": (6, 9)},
        }
        for mode in ("sum", "mean", "sqrtn")
    },
}


def forward(attrs, params, ids, weights=None):
    table, mode = params["weight"], attrs.get("mode", "sum")
    if weights is None and mode != "sqrtn":
        return embedding_bag(ids.long(), table, mode=mode)
    if weights is None:
        weights = torch.ones_like(ids)
    if "max_norm" in attrs:
        norms = table.norm(dim=1, keepdim=True)
        most = attrs["max_norm"]
        table = torch.where(norms > most, table * (most / (norms + 1e-7)), table)
    total = torch.einsum("nk,nkd->nd", weights, embedding(ids.long(), table))
    divisor = {"sum": 1, "mean": weights.sum(1, True), "sqrtn": weights.norm(dim=1, keepdim=True)}
    return total / divisor[mode]
