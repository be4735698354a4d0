"""AvgPool3d against torch.nn.functional.avg_pool3d."""

from torch.nn.functional import avg_pool3d

KIND = "AvgPool3d"
CASES = {
    "avg_pool3d": {"attrs": {"kernel_size": 2}, "inputs": [(2, 3, 4, 5, 6)]},
    "avg_pool3d_padded": {
        "attrs": {"kernel_size": [2, 3, 2], "stride": [1, 2, 1], "padding": [1, 1, 0]},
        "inputs": [(2, 3, 4, 5, 6)],
    },
    "avg_pool3d_without_padding": {
        "attrs": {"kernel_size": [2, 3, 2], "stride": [1, 2, 1], "padding": [1, 1, 0],
                  "count_include_pad": False},
        "inputs": [(2, 3, 4, 5, 6)],
    },
    # Windows that hang over the edge: PyTorch divides by the part that lies in the padded input.
    "avg_pool3d_padded_ceil": {
        "attrs": {"kernel_size": 3, "stride": 2, "padding": 1, "ceil_mode": True},
        "inputs": [(2, 3, 4, 5, 6)],
    },
    "avg_pool3d_16_channels": {
        "attrs": {"kernel_size": 2, "stride": 1},
        "inputs": [(1, 16, 4, 4, 5)],
    },
}


def forward(attrs, params, x):
    return avg_pool3d(x, **attrs)
