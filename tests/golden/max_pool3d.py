"""MaxPool3d against torch.nn.functional.max_pool3d."""

from torch.nn.functional import max_pool3d

KIND = "MaxPool3d"
CASES = {
    "max_pool3d": {"attrs": {"kernel_size": 2}, "inputs": [(2, 3, 4, 5, 6)]},
    "max_pool3d_overlapping": {
        "attrs": {"kernel_size": [2, 3, 2], "stride": [1, 2, 1], "padding": [1, 1, 0]},
        "inputs": [(2, 3, 4, 5, 6)],
    },
    "max_pool3d_dilated": {
        "attrs": {"kernel_size": 2, "stride": 1, "padding": 1, "dilation": 2},
        "inputs": [(2, 3, 4, 5, 6)],
    },
    "max_pool3d_ceil": {
        "attrs": {"kernel_size": 2, "stride": 2, "ceil_mode": True},
        "inputs": [(1, 16, 4, 4, 5)],
    },
}


def forward(attrs, params, x):
    return max_pool3d(x, **attrs)
