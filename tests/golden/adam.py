"""Adam against torch.optim.Adam over several steps."""

import torch

KIND = "Adam"
CASES = {
    "adam": {"attrs": {"lr": 0.1}},
    "adam_betas": {"attrs": {"lr": 0.05, "betas": [0.8, 0.95], "eps": 1e-3}},
    "adam_weight_decay": {"attrs": {"lr": 0.1, "weight_decay": 0.1}},
    "adam_amsgrad": {"attrs": {"lr": 0.1, "betas": [0.9, 0.9], "amsgrad": True}},
}


def optimizer(attrs, params):
    return torch.optim.Adam(params, **attrs)
