"""AvgPool1d against torch.nn.functional.avg_pool1d."""

from torch.nn.functional import avg_pool1d

KIND = "AvgPool1d"
CASES = {
    "avg_pool1d": {"attrs": {"kernel_size": 2}, "inputs": [(2, 3, 7)]},
    "avg_pool1d_padded": {
        "attrs": {"kernel_size": 3, "stride": 2, "padding": 1},
        "inputs": [(2, 3, 7)],
    },
    "avg_pool1d_without_padding": {
        "attrs": {"kernel_size": 3, "stride": 2, "padding": 1, "count_include_pad": False},
        "inputs": [(2, 3, 7)],
    },
    # Windows that hang over the edge: PyTorch divides by the part that lies in the padded input.
    "avg_pool1d_padded_ceil": {
        "attrs": {"kernel_size": 3, "stride": 2, "padding": 1, "ceil_mode": True},
        "inputs": [(2, 3, 7)],
    },
    "avg_pool1d_16_channels": {"attrs": {"kernel_size": 2, "stride": 1}, "inputs": [(2, 16, 9)]},
}


def forward(attrs, params, x):
    return avg_pool1d(x, **attrs)
