"""Flip against torch.flip."""

import torch

KIND = "Flip"
CASES = {
    "flip": {"attrs": {"dims": [1, -1]}, "inputs": [(2, 3, 2, 4)]},
    "flip_steps": {"attrs": {"dims": [1]}, "inputs": [(2, 3, 4)]},
    "flip_all": {"attrs": {"dims": [1, 2]}, "inputs": [(2, 3, 4)]},
}


def forward(attrs, params, x):
    return torch.flip(x, attrs["dims"])
