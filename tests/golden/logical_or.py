"""LogicalOr against torch.logical_or, sample by sample."""

import torch

KIND = "LogicalOr"
CASES = {
    "logical_or": {
        "attrs": {},
        "inputs": [(2, 3, 4, 2)] * 2,
        "ids_below": 2,
        "modes": ["inference"],
    },
    "logical_or_repeats_both": {
        "attrs": {},
        "inputs": [(2, 3, 1), (2, 1, 4)],
        "ids_below": 2,
        "modes": ["inference"],
    },
}


def forward(attrs, params, a, b):
    return torch.vmap(lambda a, b: torch.logical_or(a, b).double())(a, b)
