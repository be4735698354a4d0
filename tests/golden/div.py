"""Div against torch.div, sample by sample."""

import torch

KIND = "Div"
CASES = {
    "div": {"attrs": {}, "inputs": [(2, 3, 4, 2)] * 2},
    "div_repeats_both": {"attrs": {}, "inputs": [(2, 3, 1), (2, 1, 4)]},
}


def forward(attrs, params, a, b):
    return torch.vmap(torch.div)(a, b)
