"""Std against torch.std."""

import torch

KIND = "Std"
CASES = {
    "std_all": {"attrs": {}, "inputs": [(3, 4, 2)]},
    "std_last": {"attrs": {"dims": [-1], "keepdim": True}, "inputs": [(2, 3, 37)]},
    "std_first": {"attrs": {"dims": [1]}, "inputs": [(2, 5, 3)]},
    "std_apart": {"attrs": {"dims": [1, 3]}, "inputs": [(2, 3, 2, 4)]},
    "std_inside": {"attrs": {"dims": [2], "keepdim": True}, "inputs": [(2, 3, 4, 5)]},
    "std_biased": {"attrs": {"dims": [1], "unbiased": False}, "inputs": [(2, 5, 3)]},
}


def dims(attrs, x):
    return attrs.get("dims") or list(range(1, x.dim()))


def forward(attrs, params, x):
    return torch.std(x, dims(attrs, x), unbiased=attrs.get("unbiased", True),
                     keepdim=attrs.get("keepdim", False))
