"""ApproximateEqual against the distance of two tensors, sample by sample."""

import torch

KIND = "ApproximateEqual"
CASES = {
    "approximate_equal": {
        "attrs": {"tolerance": 0.5},
        "inputs": [(2, 3, 4), (2, 4)],
        "modes": ["inference"],
    },
    "approximate_equal_of_ids": {
        "attrs": {},
        "inputs": [(2, 3, 4), (2, 3, 4)],
        "ids_below": 2,
        "modes": ["inference"],
    },
}


def forward(attrs, params, a, b):
    return torch.vmap(lambda a, b: ((a - b).abs() < attrs.get("tolerance", 1e-5)).double())(a, b)
