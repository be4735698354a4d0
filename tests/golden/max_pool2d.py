"""MaxPool2d against torch.nn.functional.max_pool2d."""

from torch.nn.functional import max_pool2d

KIND = "MaxPool2d"
CASES = {
    "max_pool2d": {"attrs": {"kernel_size": 2}, "inputs": [(2, 3, 6, 5)]},
    "max_pool2d_overlapping": {
        "attrs": {"kernel_size": [3, 2], "stride": [2, 1], "padding": 1},
        "inputs": [(2, 3, 6, 5)],
    },
    "max_pool2d_ceil": {
        "attrs": {"kernel_size": 3, "stride": 2, "ceil_mode": True},
        "inputs": [(2, 16, 6, 8)],
    },
}


def forward(attrs, params, x):
    return max_pool2d(x, **attrs)
