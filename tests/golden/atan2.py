"""Atan2 against torch.atan2, sample by sample."""

import torch

KIND = "Atan2"
CASES = {
    "atan2": {"attrs": {}, "inputs": [(2, 3, 4, 2)] * 2},
    "atan2_repeats_rows": {"attrs": {}, "inputs": [(2, 3, 4), (2, 4)]},
}


def forward(attrs, params, a, b):
    return torch.vmap(torch.atan2)(a, b)
