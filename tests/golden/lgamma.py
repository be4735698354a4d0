"""Lgamma against torch.lgamma."""

import torch

KIND = "Lgamma"
CASES = {
    "lgamma": {"attrs": {}, "inputs": [(3, 7)], "least": 0.2},
    "lgamma_large": {"attrs": {}, "inputs": [(3, 7)], "least": 0.2, "scale": 20.0},
    "lgamma_negative": {"attrs": {}, "inputs": [(3, 7)], "least": -0.9, "most": -0.1},
    "lgamma_image": {"attrs": {}, "inputs": [(2, 5, 3, 2)], "least": 0.2},
}


def forward(attrs, params, x):
    return torch.lgamma(x)
