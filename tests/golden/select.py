"""Select against torch.select."""

import torch

KIND = "Select"
CASES = {
    "select": {"attrs": {"index": 1}, "inputs": [(2, 3, 4)]},
    "select_from_the_end": {"attrs": {"dim": -1, "index": -2}, "inputs": [(2, 3, 4, 5)]},
    "select_number": {"attrs": {"dim": 1, "index": 2}, "inputs": [(3, 4)]},
}


def forward(attrs, params, x):
    return torch.select(x, attrs.get("dim", 1), attrs["index"])
