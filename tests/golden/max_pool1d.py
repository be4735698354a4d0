"""MaxPool1d against torch.nn.functional.max_pool1d."""

from torch.nn.functional import max_pool1d

KIND = "MaxPool1d"
CASES = {
    "max_pool1d": {"attrs": {"kernel_size": 2}, "inputs": [(2, 3, 7)]},
    "max_pool1d_overlapping": {
        "attrs": {"kernel_size": 3, "stride": 2, "padding": 1},
        "inputs": [(2, 3, 7)],
    },
    "max_pool1d_dilated": {
        "attrs": {"kernel_size": 2, "stride": 1, "padding": 1, "dilation": 2},
        "inputs": [(2, 3, 7)],
    },
    "max_pool1d_ceil": {
        "attrs": {"kernel_size": 2, "stride": 2, "ceil_mode": True},
        "inputs": [(2, 16, 9)],
    },
}


def forward(attrs, params, x):
    return max_pool1d(x, **attrs)
