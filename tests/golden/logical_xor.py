"""LogicalXor against torch.logical_xor, sample by sample."""

import torch

KIND = "LogicalXor"
CASES = {
    "logical_xor": {
        "attrs": {},
        "inputs": [(2, 3, 4, 2)] * 2,
        "ids_below": 2,
        "modes": ["inference"],
    },
    "logical_xor_repeats_both": {
        "attrs": {},
        "inputs": [(2, 3, 1), (2, 1, 4)],
        "ids_below": 2,
        "modes": ["inference"],
    },
}


def forward(attrs, params, a, b):
    return torch.vmap(lambda a, b: torch.logical_xor(a, b).double())(a, b)
