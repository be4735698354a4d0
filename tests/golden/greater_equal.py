"""GreaterEqual against torch.ge, sample by sample."""

import torch

KIND = "GreaterEqual"
CASES = {
    "greater_equal": {
        "attrs": {},
        "inputs": [(2, 3, 4, 2)] * 2,
        "ids_below": 3,
        "modes": ["inference"],
    },
    "greater_equal_repeats_rows": {
        "attrs": {},
        "inputs": [(2, 3, 4), (2, 4)],
        "ids_below": 3,
        "modes": ["inference"],
    },
}


def forward(attrs, params, a, b):
    return torch.vmap(lambda a, b: torch.ge(a, b).double())(a, b)
