"""Erfc against torch.erfc."""

import torch

KIND = "Erfc"
CASES = {
    "erfc": {"attrs": {}, "inputs": [(3, 7)]},
    "erfc_image": {"attrs": {}, "inputs": [(2, 5, 3, 2)]},
}


def forward(attrs, params, x):
    return torch.erfc(x)
