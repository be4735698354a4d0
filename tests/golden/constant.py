"""Constant against torch.full and torch.tensor."""

import torch

KIND = "Constant"
CASES = {
    "constant": {"attrs": {"value": [1.5, -2.0, 3.0]}, "inputs": [(2, 4)], "modes": ["inference"]},
    "constant_shape": {"attrs": {"value": 0.25, "shape": [2, 3]}, "inputs": [(2, 4)], "modes": ["inference"]},
}


def forward(attrs, params, x):
    value = torch.tensor(attrs["value"], dtype=x.dtype)
    shape = attrs.get("shape", list(value.shape))
    return value.expand(shape).expand(x.shape[0], *shape)
