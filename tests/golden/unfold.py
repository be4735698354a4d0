"""Unfold against torch.nn.functional.unfold."""

from torch.nn.functional import unfold

KIND = "Unfold"
CASES = {
    "unfold": {"attrs": {"kernel_size": 2}, "inputs": [(2, 3, 4, 5)]},
    "unfold_strided": {
        "attrs": {"kernel_size": [3, 2], "dilation": [1, 2], "padding": [1, 2], "stride": [2, 3]},
        "inputs": [(2, 3, 5, 4)],
    },
}


def forward(attrs, params, x):
    return unfold(x, **attrs)
