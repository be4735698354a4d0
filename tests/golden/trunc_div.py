"""TruncDiv against torch.div, sample by sample."""

import torch

KIND = "TruncDiv"
CASES = {
    "trunc_div": {"attrs": {}, "inputs": [(2, 3, 4, 2)] * 2, "modes": ["inference"]},
    "trunc_div_repeats_rows": {"attrs": {}, "inputs": [(2, 3, 4), (2, 4)], "modes": ["inference"]},
}


def forward(attrs, params, a, b):
    return torch.vmap(lambda a, b: torch.div(a, b, rounding_mode="trunc"))(a, b)
