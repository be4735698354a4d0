"""ReLU against torch.relu."""

import torch

KIND = "ReLU"
CASES = {
    "relu": {"attrs": {}, "inputs": [(3, 7)]},
    "relu_images": {"attrs": {}, "inputs": [(2, 3, 4, 5)]},
}


def forward(attrs, params, x):
    return torch.relu(x)
