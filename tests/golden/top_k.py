"""TopK against torch.topk."""

import torch

KIND = "TopK"
CASES = {
    "top_k": {"attrs": {"k": 3}, "inputs": [(2, 3, 7)]},
    "top_k_inside": {"attrs": {"k": 4, "dim": 1}, "inputs": [(2, 9, 3)]},
    "top_k_smallest": {"attrs": {"k": 2, "largest": False}, "inputs": [(4, 6)]},
    "top_k_sorts": {"attrs": {"k": 11}, "inputs": [(2, 11)]},
    "top_k_one": {"attrs": {"k": 1}, "inputs": [(3, 5)]},
}


def forward(attrs, params, x):
    values, ids = torch.topk(x, attrs["k"], attrs.get("dim", -1), attrs.get("largest", True))
    return values, ids
