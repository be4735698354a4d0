"""Asin against torch.asin."""

import torch

KIND = "Asin"
CASES = {
    "asin": {"attrs": {}, "inputs": [(3, 7)], "least": -0.9, "most": 0.9},
    "asin_image": {"attrs": {}, "inputs": [(2, 5, 3, 2)], "least": -0.9, "most": 0.9},
}


def forward(attrs, params, x):
    return torch.asin(x)
