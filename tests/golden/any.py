"""Any against torch.any."""

import torch

KIND = "Any"
CASES = {
    "any_all": {"attrs": {}, "inputs": [(6, 2)], "ids_below": 2, "modes": ["inference"]},
    "any_last": {"attrs": {"dims": [-1], "keepdim": True}, "inputs": [(4, 3, 2)], "ids_below": 2,
                 "modes": ["inference"]},
    "any_apart": {"attrs": {"dims": [1, 3]}, "inputs": [(4, 1, 3, 2)], "ids_below": 2,
                  "modes": ["inference"]},
}


def dims(attrs, x):
    return attrs.get("dims") or list(range(1, x.dim()))


def forward(attrs, params, x):
    return torch.any(x != 0, dims(attrs, x), attrs.get("keepdim", False))
