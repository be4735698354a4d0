"""Repeat against torch.stack of one value."""

import torch

KIND = "Repeat"
CASES = {
    "repeat_vector": {"attrs": {"times": 3}, "inputs": [(2, 4)]},
    "repeat_inside": {"attrs": {"dim": 2, "times": 2}, "inputs": [(2, 3, 4)]},
    "repeat_last": {"attrs": {"dim": -1, "times": 5}, "inputs": [(2, 3, 4)]},
}


def forward(attrs, params, x):
    return torch.stack([x] * attrs["times"], attrs.get("dim", 1))
