"""Greater against torch.gt, sample by sample."""

import torch

KIND = "Greater"
CASES = {
    "greater": {"attrs": {}, "inputs": [(2, 3, 4, 2)] * 2, "ids_below": 3, "modes": ["inference"]},
    "greater_repeats_rows": {
        "attrs": {},
        "inputs": [(2, 3, 4), (2, 4)],
        "ids_below": 3,
        "modes": ["inference"],
    },
}


def forward(attrs, params, a, b):
    return torch.vmap(lambda a, b: torch.gt(a, b).double())(a, b)
