"""Erf against torch.erf."""

import torch

KIND = "Erf"
CASES = {
    "erf": {"attrs": {}, "inputs": [(3, 7)]},
    "erf_image": {"attrs": {}, "inputs": [(2, 5, 3, 2)]},
}


def forward(attrs, params, x):
    return torch.erf(x)
