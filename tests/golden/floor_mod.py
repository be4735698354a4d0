"""FloorMod against torch.remainder, sample by sample."""

import torch

KIND = "FloorMod"
CASES = {
    "floor_mod": {"attrs": {}, "inputs": [(2, 3, 4, 2)] * 2},
    "floor_mod_repeats_rows": {"attrs": {}, "inputs": [(2, 3, 4), (2, 4)]},
}


def forward(attrs, params, a, b):
    return torch.vmap(torch.remainder)(a, b)
