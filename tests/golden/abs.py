"""Abs against torch.abs."""

import torch

KIND = "Abs"
CASES = {
    "abs": {"attrs": {}, "inputs": [(3, 7)]},
    "abs_image": {"attrs": {}, "inputs": [(2, 5, 3, 2)]},
}


def forward(attrs, params, x):
    return torch.abs(x)
