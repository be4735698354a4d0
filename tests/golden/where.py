"""Where against torch.where, sample by sample."""

import torch

KIND = "Where"
CASES = {
    "where": {
        "attrs": {},
        "inputs": [(2, 3, 4, 2)] * 3,
        "ids_below": 2,
        "ids_inputs": [0],
    },
    "where_repeats": {
        "attrs": {},
        "inputs": [(2, 4), (2, 3, 1), (2, 3, 4)],
        "ids_below": 2,
        "ids_inputs": [0],
    },
}


def forward(attrs, params, condition, a, b):
    return torch.vmap(torch.where)(condition != 0, a, b)
