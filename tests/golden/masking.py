"""Masking against torch.where."""

import torch

KIND = "Masking"
CASES = {
    # Of two kinds of numbers many steps have only one.
    "masking": {"attrs": {"mask_value": 1.0}, "inputs": [(3, 6, 2)], "ids_below": 2},
    "masking_zero": {"attrs": {}, "inputs": [(2, 5, 2)], "ids_below": 2},
    "masking_none": {"attrs": {"mask_value": -1.0}, "inputs": [(2, 3, 2, 2)]},
}


def forward(attrs, params, x):
    masked = (x == attrs.get("mask_value", 0.0)).flatten(2).all(2)
    return torch.where(masked.reshape(*masked.shape, *[1] * (x.dim() - 2)), 0.0, x)
