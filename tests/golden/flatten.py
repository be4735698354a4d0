"""Flatten against torch.flatten."""

import torch

KIND = "Flatten"
CASES = {"flatten": {"attrs": {}, "inputs": [(2, 3, 2, 4)]}}


def forward(attrs, params, x):
    return torch.flatten(x, 1)
