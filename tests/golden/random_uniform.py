"""RandomUniform where it is not random: from a number to the same one."""

import torch

KIND = "RandomUniform"
CASES = {
    "random_uniform": {"attrs": {"low": 0.5, "high": 0.5}, "inputs": [(3, 7)],
                       "modes": ["inference"]},
    "random_uniform_shape": {"attrs": {"shape": [2, 5], "low": -2.0, "high": -2.0},
                             "inputs": [(3, 1)], "modes": ["inference"]},
}


def forward(attrs, params, x):
    return torch.full((x.shape[0], *attrs.get("shape", x.shape[1:])), attrs["low"], dtype=x.dtype)
