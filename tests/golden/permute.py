"""Permute against torch.permute."""

import torch

KIND = "Permute"
CASES = {
    "permute_channels_last": {"attrs": {"dims": [2, 3, 1]}, "inputs": [(2, 5, 3, 4)]},
    "permute_reversed": {"attrs": {"dims": [3, 2, 1]}, "inputs": [(2, 5, 3, 4)]},
    "permute_same": {"attrs": {"dims": [1]}, "inputs": [(2, 5)]},
}


def forward(attrs, params, x):
    return torch.permute(x, [0, *attrs["dims"]])
