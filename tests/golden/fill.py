"""Fill against torch.full."""

import torch

KIND = "Fill"
CASES = {
    "fill": {"attrs": {"value": 1.5, "shape": [3, 2]}, "inputs": [(2, 4)],
             "modes": ["inference"]},
    "fill_zeros": {"attrs": {}, "inputs": [(2, 3, 4)], "modes": ["inference"]},
    "fill_ones": {"attrs": {"value": 1.0}, "inputs": [(2, 3, 4)], "modes": ["inference"]},
}


def forward(attrs, params, x):
    shape = (x.shape[0], *attrs["shape"]) if "shape" in attrs else x.shape
    return torch.full(shape, attrs.get("value", 0.0))
