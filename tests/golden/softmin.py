"""Softmin against torch.nn.functional.softmin."""

from torch.nn import functional

KIND = "Softmin"
CASES = {
    "softmin": {"attrs": {}, "inputs": [(3, 5)]},
    "softmin_channels": {"attrs": {"dim": 1}, "inputs": [(2, 5, 3, 2)]},
    "softmin_middle": {"attrs": {"dim": -2}, "inputs": [(2, 3, 4, 20)]},
    "softmin_steps": {"attrs": {"dim": 2}, "inputs": [(2, 3, 4)]},
}


def forward(attrs, params, x):
    return functional.softmin(x, attrs.get("dim", -1))
