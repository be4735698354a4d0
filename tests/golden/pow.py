"""Pow against torch.pow, sample by sample."""

import torch

KIND = "Pow"
CASES = {
    "pow": {"attrs": {}, "inputs": [(2, 3, 4, 2)] * 2, "least": 0.2},
    "pow_repeats_rows": {"attrs": {}, "inputs": [(2, 3, 4), (2, 4)], "least": 0.2},
}


def forward(attrs, params, a, b):
    return torch.vmap(torch.pow)(a, b)
