"""SubtractiveNorm2d against torch convolutions, as in Torch's SpatialSubtractiveNormalization."""

import torch
from torch.nn.functional import conv2d

KIND = "SubtractiveNorm2d"
CASES = {
    "subtractive_norm2d": {"attrs": {}, "inputs": [(2, 3, 6, 11)]},
    "subtractive_norm2d_both": {"attrs": {"kernel_size": [3], "kernel": [1.0, 3.0, 0.5]},
                                "inputs": [(2, 2, 4, 5)]},
    "subtractive_norm2d_window": {
        "attrs": {"kernel_size": [3, 5], "kernel": [float(i % 4 + 1) for i in range(15)]},
        "inputs": [(2, 1, 4, 3)],
    },
}


def around(attrs, x):
    """Weighted means of all channels around each pixel, and of ones."""
    size = attrs.get("kernel_size", [9])
    height, width = size if len(size) == 2 else size * 2
    kernel = torch.tensor(attrs.get("kernel", [1.0] * height * width), dtype=x.dtype)
    kernel = kernel.outer(kernel) if kernel.numel() == height else kernel.reshape(height, width)
    weight = (kernel / kernel.sum() / x.shape[1]).expand(1, x.shape[1], height, width)
    padding = (height // 2, width // 2)
    return conv2d(x, weight, padding=padding), conv2d(torch.ones_like(x), weight, padding=padding)


def forward(attrs, params, x):
    mean, within = around(attrs, x)
    return x - mean / within
