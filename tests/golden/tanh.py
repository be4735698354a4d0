"""Tanh against torch.tanh."""

import torch

KIND = "Tanh"
CASES = {
    "tanh": {"attrs": {}, "inputs": [(3, 7)]},
    "tanh_images": {"attrs": {}, "inputs": [(2, 3, 4, 5)]},
}


def forward(attrs, params, x):
    return torch.tanh(x)
