"""Atan against torch.atan."""

import torch

KIND = "Atan"
CASES = {
    "atan": {"attrs": {}, "inputs": [(3, 7)]},
    "atan_image": {"attrs": {}, "inputs": [(2, 5, 3, 2)]},
}


def forward(attrs, params, x):
    return torch.atan(x)
