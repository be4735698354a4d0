"""Digamma against torch.digamma."""

import torch

KIND = "Digamma"
CASES = {
    "digamma": {"attrs": {}, "inputs": [(3, 7)], "least": 0.2, "modes": ["inference"]},
    "digamma_large": {
        "attrs": {},
        "inputs": [(3, 7)],
        "least": 0.2,
        "scale": 20.0,
        "modes": ["inference"],
    },
    "digamma_negative": {
        "attrs": {},
        "inputs": [(3, 7)],
        "least": -2.9,
        "most": -2.1,
        "modes": ["inference"],
    },
    "digamma_image": {
        "attrs": {},
        "inputs": [(2, 5, 3, 2)],
        "least": 0.2,
        "modes": ["inference"],
    },
}


def forward(attrs, params, x):
    return torch.digamma(x)
