"""Hardswish against torch.nn.functional.hardswish."""

from torch.nn import functional

KIND = "Hardswish"
CASES = {
    "hardswish": {"attrs": {}, "inputs": [(3, 7)], "scale": 3.0},
    "hardswish_image": {"attrs": {}, "inputs": [(2, 5, 3, 2)], "scale": 3.0},
}


def forward(attrs, params, x):
    return functional.hardswish(x)
