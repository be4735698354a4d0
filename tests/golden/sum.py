"""Sum against torch.sum."""

import torch

KIND = "Sum"
CASES = {
    "sum_all": {"attrs": {}, "inputs": [(3, 4, 2)]},
    "sum_last": {"attrs": {"dims": [-1], "keepdim": True}, "inputs": [(2, 3, 37)]},
    "sum_first": {"attrs": {"dims": [1]}, "inputs": [(2, 5, 3)]},
    "sum_apart": {"attrs": {"dims": [1, 3]}, "inputs": [(2, 3, 2, 4)]},
    "sum_inside": {"attrs": {"dims": [2], "keepdim": True}, "inputs": [(2, 3, 4, 5)]},
    "sum_ones": {"attrs": {"dims": [2]}, "inputs": [(2, 3, 1)]},
}


def dims(attrs, x):
    return attrs.get("dims") or list(range(1, x.dim()))


def forward(attrs, params, x):
    return torch.sum(x, dims(attrs, x), attrs.get("keepdim", False))
