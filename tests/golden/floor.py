"""Floor against torch.floor."""

import torch

KIND = "Floor"
CASES = {
    "floor": {"attrs": {}, "inputs": [(3, 7)], "scale": 3.0, "modes": ["inference"]},
    "floor_image": {
        "attrs": {},
        "inputs": [(2, 5, 3, 2)],
        "scale": 3.0,
        "modes": ["inference"],
    },
}


def forward(attrs, params, x):
    return torch.floor(x)
