"""Concat against torch.cat."""

import torch

KIND = "Concat"
CASES = {
    "concat_channels": {"attrs": {}, "inputs": [(2, 3, 2, 4), (2, 1, 2, 4), (2, 2, 2, 4)]},
    "concat_width": {"attrs": {"dim": 3}, "inputs": [(2, 3, 2, 4), (2, 3, 2, 1)]},
    "concat_rows": {"attrs": {"dim": 1}, "inputs": [(3, 4), (3, 2)]},
    "concat_one": {"attrs": {}, "inputs": [(3, 4)]},
    # Channels that fill the blocks of the blocked formats, and some that do not.
    "concat_16_channels": {"attrs": {}, "inputs": [(1, 16, 3, 2), (1, 24, 3, 2), (1, 32, 3, 2)]},
}


def forward(attrs, params, *inputs):
    return torch.cat(inputs, attrs.get("dim", 1))
