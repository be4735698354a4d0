"""Softsign against torch.nn.functional.softsign."""

from torch.nn import functional

KIND = "Softsign"
CASES = {
    "softsign": {"attrs": {}, "inputs": [(3, 7)]},
    "softsign_image": {"attrs": {}, "inputs": [(2, 5, 3, 2)]},
}


def forward(attrs, params, x):
    return functional.softsign(x)
