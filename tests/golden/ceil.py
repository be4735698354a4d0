"""Ceil against torch.ceil."""

import torch

KIND = "Ceil"
CASES = {
    "ceil": {"attrs": {}, "inputs": [(3, 7)], "scale": 3.0, "modes": ["inference"]},
    "ceil_image": {"attrs": {}, "inputs": [(2, 5, 3, 2)], "scale": 3.0, "modes": ["inference"]},
}


def forward(attrs, params, x):
    return torch.ceil(x)
