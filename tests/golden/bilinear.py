"""Bilinear against torch.nn.functional.bilinear."""

from torch.nn.functional import bilinear

KIND = "Bilinear"
CASES = {
    "bilinear": {
        "attrs": {"in1_features": 4, "in2_features": 3, "out_features": 5},
        "inputs": [(3, 4), (3, 3)],
        "params": {"weight": (5, 4, 3), "bias": (5,)},
    },
    "bilinear_of_steps": {
        "attrs": {"in1_features": 9, "in2_features": 10, "out_features": 2, "bias": False},
        "inputs": [(2, 3, 9), (2, 3, 10)],
        "params": {"weight": (2, 9, 10)},
    },
}


def forward(attrs, params, a, b):
    return bilinear(a, b, params["weight"], params.get("bias"))
