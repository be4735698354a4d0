"""Acos against torch.acos."""

import torch

KIND = "Acos"
CASES = {
    "acos": {"attrs": {}, "inputs": [(3, 7)], "least": -0.9, "most": 0.9},
    "acos_image": {"attrs": {}, "inputs": [(2, 5, 3, 2)], "least": -0.9, "most": 0.9},
}


def forward(attrs, params, x):
    return torch.acos(x)
