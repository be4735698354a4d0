"""Euclidean against torch.linalg.vector_norm."""

from torch.linalg import vector_norm

KIND = "Euclidean"
CASES = {
    "euclidean": {
        "attrs": {"in_features": 7, "out_features": 5},
        "inputs": [(4, 7)],
        "params": {"weight": (5, 7)},
    },
    "euclidean_of_steps": {
        "attrs": {"in_features": 9, "out_features": 3},
        "inputs": [(2, 3, 9)],
        "params": {"weight": (3, 9)},
    },
}


def forward(attrs, params, x):
    return vector_norm(x.unsqueeze(-2) - params["weight"], dim=-1)
