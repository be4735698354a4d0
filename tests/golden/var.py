"""Var against torch.var."""

import torch

KIND = "Var"
CASES = {
    "var_all": {"attrs": {}, "inputs": [(3, 4, 2)]},
    "var_last": {"attrs": {"dims": [-1], "keepdim": True}, "inputs": [(2, 3, 37)]},
    "var_first": {"attrs": {"dims": [1]}, "inputs": [(2, 5, 3)]},
    "var_apart": {"attrs": {"dims": [1, 3]}, "inputs": [(2, 3, 2, 4)]},
    "var_inside": {"attrs": {"dims": [2], "keepdim": True}, "inputs": [(2, 3, 4, 5)]},
    "var_biased": {"attrs": {"dims": [1], "unbiased": False}, "inputs": [(2, 5, 3)]},
}


def dims(attrs, x):
    return attrs.get("dims") or list(range(1, x.dim()))


def forward(attrs, params, x):
    return torch.var(x, dims(attrs, x), unbiased=attrs.get("unbiased", True),
                     keepdim=attrs.get("keepdim", False))
