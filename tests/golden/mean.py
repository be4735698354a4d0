"""Mean against torch.mean."""

import torch

KIND = "Mean"
CASES = {
    "mean_all": {"attrs": {}, "inputs": [(3, 4, 2)]},
    "mean_last": {"attrs": {"dims": [-1], "keepdim": True}, "inputs": [(2, 3, 37)]},
    "mean_first": {"attrs": {"dims": [1]}, "inputs": [(2, 5, 3)]},
    "mean_apart": {"attrs": {"dims": [1, 3]}, "inputs": [(2, 3, 2, 4)]},
    "mean_inside": {"attrs": {"dims": [2], "keepdim": True}, "inputs": [(2, 3, 4, 5)]},
}


def dims(attrs, x):
    return attrs.get("dims") or list(range(1, x.dim()))


def forward(attrs, params, x):
    return torch.mean(x, dims(attrs, x), attrs.get("keepdim", False))
