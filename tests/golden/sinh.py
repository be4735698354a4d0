"""Sinh against torch.sinh."""

import torch

KIND = "Sinh"
CASES = {
    "sinh": {"attrs": {}, "inputs": [(3, 7)]},
    "sinh_image": {"attrs": {}, "inputs": [(2, 5, 3, 2)]},
}


def forward(attrs, params, x):
    return torch.sinh(x)
