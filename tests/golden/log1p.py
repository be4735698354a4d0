"""Log1p against torch.log1p."""

import torch

KIND = "Log1p"
CASES = {
    "log1p": {"attrs": {}, "inputs": [(3, 7)], "least": -0.7},
    "log1p_image": {"attrs": {}, "inputs": [(2, 5, 3, 2)], "least": -0.7},
}


def forward(attrs, params, x):
    return torch.log1p(x)
