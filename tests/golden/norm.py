"""Norm against torch.linalg.vector_norm."""

import torch

KIND = "Norm"
CASES = {
    "norm_all": {"attrs": {}, "inputs": [(3, 4, 2)]},
    "norm_last": {"attrs": {"dims": [-1], "keepdim": True}, "inputs": [(2, 3, 37)]},
    "norm_first": {"attrs": {"dims": [1]}, "inputs": [(2, 5, 3)]},
    "norm_apart": {"attrs": {"dims": [1, 3]}, "inputs": [(2, 3, 2, 4)]},
    "norm_inside": {"attrs": {"dims": [2], "keepdim": True}, "inputs": [(2, 3, 4, 5)]},
    "norm_1": {"attrs": {"p": 1.0, "dims": [1]}, "inputs": [(2, 5, 3)]},
    "norm_3": {"attrs": {"p": 3.0, "dims": [2]}, "inputs": [(2, 5, 3)]},
    "norm_1_5": {"attrs": {"p": 1.5}, "inputs": [(2, 5, 3)]},
}


def dims(attrs, x):
    return attrs.get("dims") or list(range(1, x.dim()))


def forward(attrs, params, x):
    return torch.linalg.vector_norm(x, attrs.get("p", 2.0), dims(attrs, x),
                                    attrs.get("keepdim", False))
