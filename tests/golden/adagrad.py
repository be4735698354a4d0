"""Adagrad against torch.optim.Adagrad over several steps."""

import torch

KIND = "Adagrad"
CASES = {
    "adagrad": {"attrs": {"lr": 0.1}},
    "adagrad_initial": {"attrs": {"lr": 0.1, "initial_accumulator_value": 0.5}},
    "adagrad_all": {
        "attrs": {"lr": 0.1, "lr_decay": 0.2, "weight_decay": 0.1, "initial_accumulator_value": 0.1},
    },
}


def optimizer(attrs, params):
    return torch.optim.Adagrad(params, **attrs)
