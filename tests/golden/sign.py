"""Sign against torch.sign."""

import torch

KIND = "Sign"
CASES = {
    "sign": {"attrs": {}, "inputs": [(3, 7)], "scale": 3.0, "modes": ["inference"]},
    "sign_image": {"attrs": {}, "inputs": [(2, 5, 3, 2)], "scale": 3.0, "modes": ["inference"]},
}


def forward(attrs, params, x):
    return torch.sign(x)
