"""Transpose against torch.transpose."""

import torch

KIND = "Transpose"
CASES = {
    "transpose": {"attrs": {"dim0": 1, "dim1": 2}, "inputs": [(2, 3, 11)]},
    "transpose_outer": {"attrs": {"dim0": 2, "dim1": 1}, "inputs": [(2, 3, 4, 2)]},
    "transpose_far": {"attrs": {"dim0": 1, "dim1": -1}, "inputs": [(2, 9, 2, 17)]},
    "transpose_none": {"attrs": {"dim0": 2, "dim1": -1}, "inputs": [(2, 3, 4)]},
}


def forward(attrs, params, x):
    return torch.transpose(x, attrs["dim0"], attrs["dim1"])
