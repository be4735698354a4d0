"""LogSoftmax against torch.log_softmax."""

import torch

KIND = "LogSoftmax"
CASES = {
    "log_softmax": {"attrs": {}, "inputs": [(3, 5)]},
    "log_softmax_channels": {"attrs": {"dim": 1}, "inputs": [(2, 5, 3, 2)]},
    "log_softmax_middle": {"attrs": {"dim": -2}, "inputs": [(2, 3, 4, 20)]},
    "log_softmax_steps": {"attrs": {"dim": 2}, "inputs": [(2, 3, 4)]},
    "log_softmax_large": {"attrs": {}, "inputs": [(3, 40)], "scale": 60.0},
}


def forward(attrs, params, x):
    return torch.log_softmax(x, attrs.get("dim", -1))
