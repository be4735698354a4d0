"""Prod against torch.prod, which takes one extent at a time."""

import torch

KIND = "Prod"
CASES = {
    "prod_all": {"attrs": {}, "inputs": [(3, 4, 2)]},
    "prod_last": {"attrs": {"dims": [-1], "keepdim": True}, "inputs": [(2, 3, 37)],
                  "scale": 2.0},
    "prod_first": {"attrs": {"dims": [1]}, "inputs": [(2, 5, 3)]},
    "prod_apart": {"attrs": {"dims": [1, 3]}, "inputs": [(2, 3, 2, 4)]},
    "prod_inside": {"attrs": {"dims": [2], "keepdim": True}, "inputs": [(2, 3, 4, 5)]},
    "prod_zeros": {"attrs": {"dims": [2]}, "inputs": [(4, 5, 3)], "ids_below": 4},
}


def dims(attrs, x):
    return attrs.get("dims") or list(range(1, x.dim()))


def forward(attrs, params, x):
    for d in sorted(d % x.dim() for d in dims(attrs, x))[::-1]:
        x = torch.prod(x, d, attrs.get("keepdim", False))
    return x
