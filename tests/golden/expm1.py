"""Expm1 against torch.expm1."""

import torch

KIND = "Expm1"
CASES = {
    "expm1": {"attrs": {}, "inputs": [(3, 7)]},
    "expm1_image": {"attrs": {}, "inputs": [(2, 5, 3, 2)]},
}


def forward(attrs, params, x):
    return torch.expm1(x)
