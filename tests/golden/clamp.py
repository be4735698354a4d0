"""Clamp against torch.clamp."""

import torch

KIND = "Clamp"
CASES = {
    "clamp": {"attrs": {"min": -0.5, "max": 1.0}, "inputs": [(3, 7)]},
    "clamp_below": {"attrs": {"min": 0.0}, "inputs": [(3, 7)]},
    "clamp_above": {"attrs": {"max": 0.25}, "inputs": [(3, 7)]},
    "clamp_at_limits": {
        "attrs": {"min": -0.5, "max": 0.5},
        "inputs": [(3, 7)],
        "least": -0.5,
        "most": 0.5,
    },
    "clamp_image": {"attrs": {"min": -0.5, "max": 1.0}, "inputs": [(2, 5, 3, 2)]},
    "clamp_image_above_zero": {"attrs": {"min": 0.5, "max": 1.0}, "inputs": [(2, 5, 3, 2)]},
}


def forward(attrs, params, x):
    return torch.clamp(x, attrs.get("min"), attrs.get("max"))
