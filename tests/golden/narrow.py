"""Narrow against torch.narrow."""

from torch import narrow

KIND = "Narrow"
CASES = {
    "narrow": {"attrs": {"start": 2, "length": 3}, "inputs": [(4, 7)]},
    "narrow_steps": {"attrs": {"dim": 1, "start": 1, "length": 2}, "inputs": [(2, 4, 3)]},
    "narrow_from_the_end": {"attrs": {"dim": -1, "start": -3, "length": 2}, "inputs": [(2, 4, 5)]},
    "narrow_image": {"attrs": {"dim": 2, "start": 0, "length": 3}, "inputs": [(2, 3, 4, 2)]},
}


def forward(attrs, params, x):
    return narrow(x, attrs.get("dim", 1), attrs["start"], attrs["length"])
