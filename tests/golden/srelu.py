"""SReLU against the formula of Keras 1.2."""

import torch

KIND = "SReLU"
CASES = {
    "srelu": {
        "attrs": {"shape": [7]},
        "inputs": [(4, 7)],
        "params": {"t_left": (7,), "a_left": (7,), "t_right": (7,), "a_right": (7,)},
    },
    "srelu_shared": {
        "attrs": {"shape": [3, 2, 4], "shared_dims": [2, 3]},
        "inputs": [(3, 3, 2, 4)],
        "params": {
            "t_left": (3, 1, 1),
            "a_left": (3, 1, 1),
            "t_right": (3, 1, 1),
            "a_right": (3, 1, 1),
        },
    },
    "srelu_shared_channels": {
        "attrs": {"shape": [3, 4], "shared_dims": [1]},
        "inputs": [(3, 3, 4)],
        "params": {"t_left": (1, 4), "a_left": (1, 4), "t_right": (1, 4), "a_right": (1, 4)},
    },
}


def forward(attrs, params, x):
    left, right = params["t_left"], params["t_left"] + torch.abs(params["t_right"])
    below = left + params["a_left"] * (x - left)
    above = right + params["a_right"] * (x - right)
    return torch.where(x < left, below, torch.where(x > right, above, x))
