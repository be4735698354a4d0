"""RMSprop against torch.optim.RMSprop over several steps."""

import torch

KIND = "RMSprop"
CASES = {
    "rmsprop": {"attrs": {"lr": 0.1}},
    "rmsprop_momentum": {"attrs": {"lr": 0.05, "momentum": 0.9, "alpha": 0.9}},
    "rmsprop_centered": {"attrs": {"lr": 0.05, "centered": True, "alpha": 0.8}},
    "rmsprop_all": {
        "attrs": {"lr": 0.02, "alpha": 0.8, "eps": 1e-3, "weight_decay": 0.1, "momentum": 0.5,
                  "centered": True},
    },
}


def optimizer(attrs, params):
    return torch.optim.RMSprop(params, **attrs)
