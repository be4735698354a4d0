"""FloorDiv against torch.floor_divide, sample by sample."""

import torch

KIND = "FloorDiv"
CASES = {
    "floor_div": {"attrs": {}, "inputs": [(2, 3, 4, 2)] * 2, "modes": ["inference"]},
    "floor_div_repeats_rows": {"attrs": {}, "inputs": [(2, 3, 4), (2, 4)], "modes": ["inference"]},
}


def forward(attrs, params, a, b):
    return torch.vmap(torch.floor_divide)(a, b)
