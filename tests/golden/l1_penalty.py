"""L1Penalty against the autograd gradient of its penalty."""

import torch

KIND = "L1Penalty"
CASES = {
    "l1_penalty": {"attrs": {"weight": 0.5}, "inputs": [(3, 7)]},
    "l1_penalty_average": {"attrs": {"weight": 2.0, "size_average": True}, "inputs": [(2, 3, 4)]},
}


def penalty(attrs, x):
    rows = x.abs().flatten(1)
    return attrs["weight"] * (rows.mean(1) if attrs.get("size_average") else rows.sum(1)).sum()


def forward(attrs, params, x):
    if x.requires_grad:
        (added,) = torch.autograd.grad(penalty(attrs, x), x)
        x.register_hook(lambda gradient: gradient + added)
    return x.clone()
