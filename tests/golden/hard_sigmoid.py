"""HardSigmoid against a line between 0 and 1."""

import torch

KIND = "HardSigmoid"
CASES = {
    "hard_sigmoid": {"attrs": {}, "inputs": [(3, 7)], "scale": 3.0},
    "hard_sigmoid_keras": {
        "attrs": {"slope": 0.2, "offset": 0.5},
        "inputs": [(3, 7)],
        "scale": 3.0,
    },
    "hard_sigmoid_image": {"attrs": {}, "inputs": [(2, 5, 3, 2)], "scale": 3.0},
    "hard_sigmoid_image_zero": {
        "attrs": {"slope": 0.5, "offset": 0.0},
        "inputs": [(2, 5, 3, 2)],
    },
}


def forward(attrs, params, x):
    line = attrs.get("slope", 1 / 6) * x + attrs.get("offset", 0.5)
    return torch.clamp(line, 0, 1)
