"""Sqrt against torch.sqrt."""

import torch

KIND = "Sqrt"
CASES = {
    "sqrt": {"attrs": {}, "inputs": [(3, 7)], "least": 0.2},
    "sqrt_image": {"attrs": {}, "inputs": [(2, 5, 3, 2)], "least": 0.2},
}


def forward(attrs, params, x):
    return torch.sqrt(x)
