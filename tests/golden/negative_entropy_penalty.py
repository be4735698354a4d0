"""NegativeEntropyPenalty against the autograd gradient of its penalty."""

import torch

KIND = "NegativeEntropyPenalty"
CASES = {
    "negative_entropy_penalty": {"attrs": {"beta": 0.5}, "inputs": [(3, 7)], "least": 0.01,
                                 "most": 1.0},
    "negative_entropy_penalty_default": {"attrs": {}, "inputs": [(2, 4)], "least": 0.01,
                                         "most": 1.0},
}


def penalty(attrs, x):
    return attrs.get("beta", 0.01) * (x * x.log()).sum()


def forward(attrs, params, x):
    if x.requires_grad:
        (added,) = torch.autograd.grad(penalty(attrs, x), x)
        x.register_hook(lambda gradient: gradient + added)
    return x.clone()
