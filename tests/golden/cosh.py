"""Cosh against torch.cosh."""

import torch

KIND = "Cosh"
CASES = {
    "cosh": {"attrs": {}, "inputs": [(3, 7)]},
    "cosh_image": {"attrs": {}, "inputs": [(2, 5, 3, 2)]},
}


def forward(attrs, params, x):
    return torch.cosh(x)
