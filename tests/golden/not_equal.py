"""NotEqual against torch.ne, sample by sample."""

import torch

KIND = "NotEqual"
CASES = {
    "not_equal": {
        "attrs": {},
        "inputs": [(2, 3, 4, 2)] * 2,
        "ids_below": 3,
        "modes": ["inference"],
    },
    "not_equal_repeats_rows": {
        "attrs": {},
        "inputs": [(2, 3, 4), (2, 4)],
        "ids_below": 3,
        "modes": ["inference"],
    },
}


def forward(attrs, params, a, b):
    return torch.vmap(lambda a, b: torch.ne(a, b).double())(a, b)
