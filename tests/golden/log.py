"""Log against torch.log."""

import torch

KIND = "Log"
CASES = {
    "log": {"attrs": {}, "inputs": [(3, 7)], "least": 0.2},
    "log_image": {"attrs": {}, "inputs": [(2, 5, 3, 2)], "least": 0.2},
}


def forward(attrs, params, x):
    return torch.log(x)
