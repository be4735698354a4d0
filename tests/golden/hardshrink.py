"""Hardshrink against torch.nn.functional.hardshrink."""

from torch.nn import functional

KIND = "Hardshrink"
CASES = {
    "hardshrink": {"attrs": {}, "inputs": [(3, 7)]},
    "hardshrink_lambd": {"attrs": {"lambd": 0.25}, "inputs": [(3, 7)]},
    "hardshrink_at_limits": {"attrs": {}, "inputs": [(3, 7)], "least": -0.5, "most": 0.5},
    "hardshrink_image": {"attrs": {}, "inputs": [(2, 5, 3, 2)]},
}


def forward(attrs, params, x):
    return functional.hardshrink(x, attrs.get("lambd", 0.5))
