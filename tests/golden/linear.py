"""Linear against torch.nn.functional.linear."""

from torch.nn.functional import linear

KIND = "Linear"
CASES = {
    "linear": {
        "attrs": {"in_features": 7, "out_features": 5},
        "inputs": [(4, 7)],
        "params": {"weight": (5, 7), "bias": (5,)},
    },
    "linear_without_bias": {
        "attrs": {"in_features": 33, "out_features": 2, "bias": False},
        "inputs": [(3, 33)],
        "params": {"weight": (2, 33)},
    },
    "linear_steps": {
        "attrs": {"in_features": 4, "out_features": 3},
        "inputs": [(2, 5, 4)],
        "params": {"weight": (3, 4), "bias": (3,)},
    },
}


def forward(attrs, params, x):
    return linear(x, params["weight"], params.get("bias"))
