"""AdamW against torch.optim.AdamW over several steps."""

import torch

KIND = "AdamW"
CASES = {
    "adamw": {"attrs": {"lr": 0.1}},
    "adamw_all": {
        "attrs": {"lr": 0.05, "betas": [0.8, 0.9], "eps": 1e-4, "weight_decay": 0.2, "amsgrad": True}},
}


def optimizer(attrs, params):
    return torch.optim.AdamW(params, **attrs)
