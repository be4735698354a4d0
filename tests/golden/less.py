"""Less against torch.lt, sample by sample."""

import torch

KIND = "Less"
CASES = {
    "less": {"attrs": {}, "inputs": [(2, 3, 4, 2)] * 2, "ids_below": 3, "modes": ["inference"]},
    "less_repeats_rows": {
        "attrs": {},
        "inputs": [(2, 3, 4), (2, 4)],
        "ids_below": 3,
        "modes": ["inference"],
    },
}


def forward(attrs, params, a, b):
    return torch.vmap(lambda a, b: torch.lt(a, b).double())(a, b)
