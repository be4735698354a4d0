"""SequenceMask against a comparison with torch.arange."""

import torch

KIND = "SequenceMask"
CASES = {
    "sequence_mask": {"attrs": {"length": 5}, "inputs": [(3, 2)], "ids_below": 7,
                      "modes": ["inference"]},
}


def forward(attrs, params, x):
    return torch.arange(attrs["length"]) < x[..., None]
