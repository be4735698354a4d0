"""AvgPool2d against torch.nn.functional.avg_pool2d."""

from torch.nn.functional import avg_pool2d

KIND = "AvgPool2d"
CASES = {
    "avg_pool2d": {"attrs": {"kernel_size": 2}, "inputs": [(2, 3, 6, 5)]},
    "avg_pool2d_padded": {
        "attrs": {"kernel_size": [3, 2], "stride": [2, 1], "padding": 1},
        "inputs": [(2, 3, 6, 5)],
    },
    "avg_pool2d_without_padding": {
        "attrs": {"kernel_size": 3, "stride": 2, "padding": 1, "count_include_pad": False},
        "inputs": [(2, 3, 6, 5)],
    },
    # Windows that hang over the edge: PyTorch divides by the part that lies in the padded image.
    "avg_pool2d_ceil": {
        "attrs": {"kernel_size": 3, "stride": 2, "ceil_mode": True},
        "inputs": [(2, 3, 6, 8)],
    },
    "avg_pool2d_padded_ceil": {
        "attrs": {"kernel_size": 3, "stride": 2, "padding": 1, "ceil_mode": True},
        "inputs": [(2, 3, 6, 5)],
    },
}


def forward(attrs, params, x):
    return avg_pool2d(x, **attrs)
