"""LogicalNot against torch.logical_not."""

import torch

KIND = "LogicalNot"
CASES = {
    "logical_not": {"attrs": {}, "inputs": [(3, 7)], "ids_below": 3, "modes": ["inference"]},
    "logical_not_image": {
        "attrs": {},
        "inputs": [(2, 5, 3, 2)],
        "ids_below": 3,
        "modes": ["inference"],
    },
}


def forward(attrs, params, x):
    return torch.logical_not(x).to(x.dtype)
