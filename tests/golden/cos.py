"""Cos against torch.cos."""

import torch

KIND = "Cos"
CASES = {
    "cos": {"attrs": {}, "inputs": [(3, 7)]},
    "cos_image": {"attrs": {}, "inputs": [(2, 5, 3, 2)]},
}


def forward(attrs, params, x):
    return torch.cos(x)
