"""Sigmoid against torch.sigmoid."""

import torch

KIND = "Sigmoid"
CASES = {
    "sigmoid": {"attrs": {}, "inputs": [(3, 7)]},
    "sigmoid_images": {"attrs": {}, "inputs": [(2, 3, 4, 5)]},
}


def forward(attrs, params, x):
    return torch.sigmoid(x)
