"""Fold against torch.nn.functional.fold."""

from torch.nn.functional import fold

KIND = "Fold"
CASES = {
    "fold": {"attrs": {"output_size": [4, 5], "kernel_size": 2}, "inputs": [(2, 12, 12)]},
    "fold_strided": {
        "attrs": {"output_size": [5, 4], "kernel_size": [3, 2], "dilation": [1, 2],
                  "padding": [1, 2], "stride": [2, 3]},
        "inputs": [(2, 18, 6)],
    },
}


def forward(attrs, params, x):
    return fold(x, **attrs)
