"""ArgMin against torch.argmin."""

import torch

KIND = "ArgMin"
CASES = {
    "arg_min": {"attrs": {}, "inputs": [(4, 5)], "modes": ["inference"]},
    "arg_min_inside": {"attrs": {"dim": 2, "keepdim": True}, "inputs": [(2, 3, 4, 5)],
                       "modes": ["inference"]},
    "arg_min_first": {"attrs": {"dim": 1}, "inputs": [(2, 6, 3)], "modes": ["inference"]},
}


def forward(attrs, params, x):
    return torch.argmin(x, attrs.get("dim", -1), attrs.get("keepdim", False))
