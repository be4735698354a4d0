"""LogicalAnd against torch.logical_and, sample by sample."""

import torch

KIND = "LogicalAnd"
CASES = {
    "logical_and": {
        "attrs": {},
        "inputs": [(2, 3, 4, 2)] * 2,
        "ids_below": 2,
        "modes": ["inference"],
    },
    "logical_and_repeats_both": {
        "attrs": {},
        "inputs": [(2, 3, 1), (2, 1, 4)],
        "ids_below": 2,
        "modes": ["inference"],
    },
}


def forward(attrs, params, a, b):
    return torch.vmap(lambda a, b: torch.logical_and(a, b).double())(a, b)
