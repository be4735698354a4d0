"""SparseLinear against torch.nn.functional.linear of the dense rows."""

import torch
from torch.nn.functional import linear

KIND = "SparseLinear"
CASES = {
    "sparse_linear": {
        "attrs": {"in_features": 9, "out_features": 5},
        "inputs": [(4, 3), (4, 3)],
        "ids_below": 9,
        "ids_inputs": [0],
        "params": {"weight": (9, 5), "bias": (5,)},
    },
    # Places that are named twice.
    "sparse_linear_without_bias": {
        "attrs": {"in_features": 3, "out_features": 2, "bias": False},
        "inputs": [(4, 5), (4, 5)],
        "ids_below": 3,
        "ids_inputs": [0],
        "params": {"weight": (3, 2)},
    },
}


def forward(attrs, params, places, values):
    rows = torch.zeros(len(places), attrs["in_features"], dtype=torch.float64)
    rows = rows.scatter_add(1, places.long(), values)
    return linear(rows, params["weight"].T, params.get("bias"))
