"""Squeeze against torch.squeeze."""

import torch

KIND = "Squeeze"
CASES = {
    "squeeze": {"attrs": {"dim": [2, -1]}, "inputs": [(2, 3, 1, 2, 1)]},
    "squeeze_one": {"attrs": {"dim": 1}, "inputs": [(2, 1, 1, 4)]},
    "squeeze_all": {"attrs": {}, "inputs": [(2, 1, 3, 1)]},
}


def forward(attrs, params, x):
    ones = [d for d in range(1, x.dim()) if x.shape[d] == 1]
    return torch.squeeze(x, attrs.get("dim", ones))
