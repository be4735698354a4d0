"""MaxPool2d against torch.nn.functional.max_pool2d."""

from torch.nn.functional import max_pool2d, pad

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
    "max_pool2d_dilated": {
        "attrs": {"kernel_size": [2, 3], "stride": 1, "padding": 1, "dilation": [2, 1]},
        "inputs": [(2, 3, 6, 5)],
    },
    # As TensorFlow pads: one more at the end.
    "max_pool2d_padded_end": {
        "attrs": {"kernel_size": 3, "stride": 2, "padding": 0, "padding_end": 1},
        "inputs": [(2, 3, 6, 4)],
    },
}


def forward(attrs, params, x):
    options = dict(attrs)
    end = options.pop("padding_end", 0)
    return max_pool2d(pad(x, (0, end, 0, end), value=float("-inf")), **options)
