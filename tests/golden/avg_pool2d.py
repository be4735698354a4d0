"""AvgPool2d against torch.nn.functional.avg_pool2d."""

from torch import ones_like
from torch.nn.functional import avg_pool2d, pad

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
    # As TensorFlow pads: one more at the end, which does not count.
    "avg_pool2d_padded_end": {
        "attrs": {"kernel_size": 3, "stride": 2, "padding": 0, "padding_end": 1,
                  "count_include_pad": False},
        "inputs": [(2, 3, 6, 4)],
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
    options = dict(attrs)
    end = options.pop("padding_end", 0)
    if not end:
        return avg_pool2d(x, **options)
    edges = (0, end, 0, end)
    return avg_pool2d(pad(x, edges), **options) / avg_pool2d(pad(ones_like(x), edges), **options)
