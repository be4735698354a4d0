"""Unsqueeze against torch.unsqueeze."""

import torch

KIND = "Unsqueeze"
CASES = {
    "unsqueeze": {"attrs": {"dim": 1}, "inputs": [(2, 3, 4)]},
    "unsqueeze_last": {"attrs": {"dim": -1}, "inputs": [(2, 3, 4)]},
}


def forward(attrs, params, x):
    return torch.unsqueeze(x, attrs["dim"])
