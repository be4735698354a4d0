"""Sub against torch.sub, sample by sample."""

import torch

KIND = "Sub"
CASES = {
    "sub": {"attrs": {}, "inputs": [(2, 3, 4, 2)] * 2},
    "sub_repeats_rows": {"attrs": {}, "inputs": [(2, 3, 4), (2, 4)]},
    "sub_repeats_the_first": {"attrs": {}, "inputs": [(2, 4), (2, 3, 4)]},
}


def forward(attrs, params, a, b):
    return torch.vmap(torch.sub)(a, b)
