"""Reciprocal against torch.reciprocal."""

import torch

KIND = "Reciprocal"
CASES = {
    "reciprocal": {"attrs": {}, "inputs": [(3, 7)], "least": 0.3},
    "reciprocal_image": {"attrs": {}, "inputs": [(2, 5, 3, 2)], "least": 0.3},
}


def forward(attrs, params, x):
    return torch.reciprocal(x)
