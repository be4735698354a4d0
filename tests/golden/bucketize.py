"""Bucketize against torch.bucketize."""

import torch

KIND = "Bucketize"
CASES = {"bucketize": {"attrs": {"boundaries": [-1.0, -0.25, 0.5]}, "inputs": [(3, 7)], "modes": ["inference"]}}


def forward(attrs, params, x):
    return torch.bucketize(x, torch.tensor(attrs["boundaries"], dtype=x.dtype), right=True).to(x.dtype)
