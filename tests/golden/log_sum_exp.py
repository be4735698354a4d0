"""LogSumExp against torch.logsumexp."""

import torch

KIND = "LogSumExp"
CASES = {
    "log_sum_exp_all": {"attrs": {}, "inputs": [(3, 4, 2)]},
    "log_sum_exp_last": {"attrs": {"dims": [-1], "keepdim": True}, "inputs": [(2, 3, 37)]},
    "log_sum_exp_first": {"attrs": {"dims": [1]}, "inputs": [(2, 5, 3)]},
    "log_sum_exp_apart": {"attrs": {"dims": [1, 3]}, "inputs": [(2, 3, 2, 4)]},
    "log_sum_exp_inside": {"attrs": {"dims": [2], "keepdim": True}, "inputs": [(2, 3, 4, 5)]},
    "log_sum_exp_far": {"attrs": {}, "inputs": [(2, 5)], "scale": 200.0},
}


def dims(attrs, x):
    return attrs.get("dims") or list(range(1, x.dim()))


def forward(attrs, params, x):
    return torch.logsumexp(x, dims(attrs, x), attrs.get("keepdim", False))
