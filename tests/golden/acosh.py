"""Acosh against torch.acosh."""

import torch

KIND = "Acosh"
CASES = {
    "acosh": {"attrs": {}, "inputs": [(3, 7)], "least": 1.2, "scale": 3.0},
    "acosh_image": {"attrs": {}, "inputs": [(2, 5, 3, 2)], "least": 1.2, "scale": 3.0},
}


def forward(attrs, params, x):
    return torch.acosh(x)
