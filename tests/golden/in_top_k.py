"""InTopK against the classes that torch.topk finds."""

import torch

KIND = "InTopK"
CASES = {
    "in_top_k": {"attrs": {"k": 2}, "inputs": [(8, 5), (8, 1)], "ids_below": 5, "ids_inputs": [1],
                 "modes": ["inference"]},
    "in_top_k_steps": {"attrs": {"k": 3}, "inputs": [(3, 2, 5), (3, 2)], "ids_below": 5,
                       "ids_inputs": [1], "modes": ["inference"]},
}


def forward(attrs, params, x, ids):
    best = torch.topk(x, attrs["k"]).indices
    return (best == ids.reshape(*x.shape[:-1], 1)).any(-1).reshape(ids.shape)
