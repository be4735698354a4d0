"""Softmax against torch.softmax."""

import torch

KIND = "Softmax"
CASES = {
    "softmax": {"attrs": {}, "inputs": [(3, 5)]},
    "softmax_channels": {"attrs": {"dim": 1}, "inputs": [(2, 5, 3, 2)]},
    "softmax_middle": {"attrs": {"dim": -2}, "inputs": [(2, 3, 4, 20)]},
    "softmax_steps": {"attrs": {"dim": 2}, "inputs": [(2, 3, 4)]},
}


def forward(attrs, params, x):
    return torch.softmax(x, attrs.get("dim", -1))
