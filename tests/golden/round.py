"""Round against torch.round."""

import torch

KIND = "Round"
CASES = {
    "round": {"attrs": {}, "inputs": [(3, 7)], "scale": 3.0, "modes": ["inference"]},
    "round_image": {
        "attrs": {},
        "inputs": [(2, 5, 3, 2)],
        "scale": 3.0,
        "modes": ["inference"],
    },
}


def forward(attrs, params, x):
    return torch.round(x)
