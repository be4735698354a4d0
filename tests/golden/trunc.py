"""Trunc against torch.trunc."""

import torch

KIND = "Trunc"
CASES = {
    "trunc": {"attrs": {}, "inputs": [(3, 7)], "scale": 3.0, "modes": ["inference"]},
    "trunc_image": {
        "attrs": {},
        "inputs": [(2, 5, 3, 2)],
        "scale": 3.0,
        "modes": ["inference"],
    },
}


def forward(attrs, params, x):
    return torch.trunc(x)
