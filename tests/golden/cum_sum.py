"""CumSum against torch.cumsum."""

import torch

KIND = "CumSum"
CASES = {
    "cum_sum": {"attrs": {}, "inputs": [(2, 5, 3)]},
    "cum_sum_last": {"attrs": {"dim": -1}, "inputs": [(2, 3, 6)]},
    "cum_sum_exclusive": {"attrs": {"dim": 2, "exclusive": True}, "inputs": [(2, 3, 4, 2)]},
    "cum_sum_reverse": {"attrs": {"dim": 1, "reverse": True}, "inputs": [(2, 5)]},
    "cum_sum_both": {"attrs": {"exclusive": True, "reverse": True}, "inputs": [(2, 5, 2)]},
}


def forward(attrs, params, x):
    dim = attrs.get("dim", 1)
    y = x.flip(dim) if attrs.get("reverse") else x
    sums = torch.cumsum(y, dim) - (y if attrs.get("exclusive") else 0)
    return sums.flip(dim) if attrs.get("reverse") else sums
