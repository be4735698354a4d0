"""ArgMax against torch.argmax."""

import torch

KIND = "ArgMax"
CASES = {
    "arg_max": {"attrs": {}, "inputs": [(4, 5)], "modes": ["inference"]},
    "arg_max_inside": {"attrs": {"dim": 2, "keepdim": True}, "inputs": [(2, 3, 4, 5)],
                       "modes": ["inference"]},
    "arg_max_first": {"attrs": {"dim": 1}, "inputs": [(2, 6, 3)], "modes": ["inference"]},
}


def forward(attrs, params, x):
    return torch.argmax(x, attrs.get("dim", -1), attrs.get("keepdim", False))
