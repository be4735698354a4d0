"""Adamax against torch.optim.Adamax over several steps."""

import torch

KIND = "Adamax"
CASES = {
    "adamax": {"attrs": {"lr": 0.1}},
    "adamax_all": {"attrs": {"lr": 0.05, "betas": [0.8, 0.9], "eps": 0.01, "weight_decay": 0.1}},
}


def optimizer(attrs, params):
    return torch.optim.Adamax(params, **attrs)
