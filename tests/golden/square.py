"""Square against torch.square."""

import torch

KIND = "Square"
CASES = {
    "square": {"attrs": {}, "inputs": [(3, 7)]},
    "square_image": {"attrs": {}, "inputs": [(2, 5, 3, 2)]},
}


def forward(attrs, params, x):
    return torch.square(x)
