"""Atanh against torch.atanh."""

import torch

KIND = "Atanh"
CASES = {
    "atanh": {"attrs": {}, "inputs": [(3, 7)], "least": -0.9, "most": 0.9},
    "atanh_image": {"attrs": {}, "inputs": [(2, 5, 3, 2)], "least": -0.9, "most": 0.9},
}


def forward(attrs, params, x):
    return torch.atanh(x)
