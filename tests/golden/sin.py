"""Sin against torch.sin."""

import torch

KIND = "Sin"
CASES = {
    "sin": {"attrs": {}, "inputs": [(3, 7)]},
    "sin_image": {"attrs": {}, "inputs": [(2, 5, 3, 2)]},
}


def forward(attrs, params, x):
    return torch.sin(x)
