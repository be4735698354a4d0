"""Rsqrt against torch.rsqrt."""

import torch

KIND = "Rsqrt"
CASES = {
    "rsqrt": {"attrs": {}, "inputs": [(3, 7)], "least": 0.3},
    "rsqrt_image": {"attrs": {}, "inputs": [(2, 5, 3, 2)], "least": 0.3},
}


def forward(attrs, params, x):
    return torch.rsqrt(x)
