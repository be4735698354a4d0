"""ActivityRegularization against the autograd gradient of its penalty."""

import torch

KIND = "ActivityRegularization"
CASES = {
    "activity_regularization": {"attrs": {"l1": 0.5, "l2": 0.25}, "inputs": [(3, 7)]},
    "activity_regularization_l2": {"attrs": {"l2": 2.0}, "inputs": [(2, 3, 2, 2)]},
}


def penalty(attrs, x):
    return attrs.get("l1", 0.0) * x.abs().sum() + attrs.get("l2", 0.0) * (x * x).sum()


def forward(attrs, params, x):
    if x.requires_grad:
        (added,) = torch.autograd.grad(penalty(attrs, x), x)
        x.register_hook(lambda gradient: gradient + added)
    return x.clone()
