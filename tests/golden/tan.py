"""Tan against torch.tan."""

import torch

KIND = "Tan"
CASES = {
    "tan": {"attrs": {}, "inputs": [(3, 7)], "least": -1.2, "most": 1.2},
    "tan_image": {"attrs": {}, "inputs": [(2, 5, 3, 2)], "least": -1.2, "most": 1.2},
}


def forward(attrs, params, x):
    return torch.tan(x)
