"""Tanhshrink against torch.nn.functional.tanhshrink."""

from torch.nn import functional

KIND = "Tanhshrink"
CASES = {
    "tanhshrink": {"attrs": {}, "inputs": [(3, 7)]},
    "tanhshrink_image": {"attrs": {}, "inputs": [(2, 5, 3, 2)]},
}


def forward(attrs, params, x):
    return functional.tanhshrink(x)
