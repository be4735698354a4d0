"""Mish against torch.nn.functional.mish."""

from torch.nn import functional

KIND = "Mish"
CASES = {
    "mish": {"attrs": {}, "inputs": [(3, 7)]},
    "mish_image": {"attrs": {}, "inputs": [(2, 5, 3, 2)]},
}


def forward(attrs, params, x):
    return functional.mish(x)
