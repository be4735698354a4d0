"""Min against torch.amin."""

import torch

KIND = "Min"
CASES = {
    "min_all": {"attrs": {}, "inputs": [(3, 4, 2)]},
    "min_last": {"attrs": {"dims": [-1], "keepdim": True}, "inputs": [(2, 3, 37)]},
    "min_first": {"attrs": {"dims": [1]}, "inputs": [(2, 5, 3)]},
    "min_apart": {"attrs": {"dims": [1, 3]}, "inputs": [(2, 3, 2, 4)]},
    "min_inside": {"attrs": {"dims": [2], "keepdim": True}, "inputs": [(2, 3, 4, 5)]},
}


def dims(attrs, x):
    return attrs.get("dims") or list(range(1, x.dim()))


def forward(attrs, params, x):
    return torch.amin(x, dims(attrs, x), attrs.get("keepdim", False))
