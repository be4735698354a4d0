"""Adadelta against torch.optim.Adadelta over several steps."""

import torch

KIND = "Adadelta"
CASES = {
    "adadelta": {"attrs": {}},
    "adadelta_all": {"attrs": {"lr": 0.5, "rho": 0.8, "eps": 1e-3, "weight_decay": 0.1}},
}


def optimizer(attrs, params):
    return torch.optim.Adadelta(params, **attrs)
