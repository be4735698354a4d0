"""DivisiveNorm2d against torch convolutions, as Torch's SpatialDivisiveNormalization does it."""

import torch
from torch.nn.functional import conv2d, threshold

KIND = "DivisiveNorm2d"
CASES = {
    "divisive_norm2d": {"attrs": {}, "inputs": [(2, 3, 6, 11)]},
    "divisive_norm2d_threshold": {
        "attrs": {"kernel_size": [3], "kernel": [1.0, 3.0, 0.5], "threshold": 1.1, "value": 0.75},
        "inputs": [(2, 2, 4, 5)],
    },
    "divisive_norm2d_window": {
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
    squares, _ = around(attrs, x * x)
    _, within = around(attrs, x)
    deviation = squares.sqrt() / within
    return x / threshold(deviation, attrs.get("threshold", 1e-4), attrs.get("value", 1e-4))
