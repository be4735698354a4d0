"""Asinh against torch.asinh."""

import torch

KIND = "Asinh"
CASES = {
    "asinh": {"attrs": {}, "inputs": [(3, 7)]},
    "asinh_image": {"attrs": {}, "inputs": [(2, 5, 3, 2)]},
}


def forward(attrs, params, x):
    return torch.asinh(x)
