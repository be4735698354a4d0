"""Exp against torch.exp."""

import torch

KIND = "Exp"
CASES = {
    "exp": {"attrs": {}, "inputs": [(3, 7)]},
    "exp_image": {"attrs": {}, "inputs": [(2, 5, 3, 2)]},
}


def forward(attrs, params, x):
    return torch.exp(x)
