"""Max against torch.amax."""

import torch

KIND = "Max"
CASES = {
    "max_all": {"attrs": {}, "inputs": [(3, 4, 2)]},
    "max_last": {"attrs": {"dims": [-1], "keepdim": True}, "inputs": [(2, 3, 37)]},
    "max_first": {"attrs": {"dims": [1]}, "inputs": [(2, 5, 3)]},
    "max_apart": {"attrs": {"dims": [1, 3]}, "inputs": [(2, 3, 2, 4)]},
    "max_inside": {"attrs": {"dims": [2], "keepdim": True}, "inputs": [(2, 3, 4, 5)]},
}


def dims(attrs, x):
    return attrs.get("dims") or list(range(1, x.dim()))


def forward(attrs, params, x):
    return torch.amax(x, dims(attrs, x), attrs.get("keepdim", False))
