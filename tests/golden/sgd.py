"""SGD against torch.optim.SGD over several steps."""

import torch

KIND = "SGD"
CASES = {
    "sgd": {"attrs": {"lr": 0.1}},
    "sgd_momentum": {"attrs": {"lr": 0.05, "momentum": 0.9}},
    "sgd_nesterov": {"attrs": {"lr": 0.05, "momentum": 0.9, "nesterov": True}},
    "sgd_weight_decay": {"attrs": {"lr": 0.1, "weight_decay": 0.01}},
    "sgd_all": {
        "attrs": {"lr": 0.02, "momentum": 0.8, "nesterov": True, "weight_decay": 0.1},
    },
    "sgd_dampening": {
        "attrs": {"lr": 0.05, "momentum": 0.9, "dampening": 0.3, "weight_decay": 0.01},
    },
}


def optimizer(attrs, params):
    return torch.optim.SGD(params, **attrs)
