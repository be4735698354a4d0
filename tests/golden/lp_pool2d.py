"""LpPool2d against torch.nn.functional.lp_pool2d."""

from torch.nn.functional import lp_pool2d

KIND = "LpPool2d"
CASES = {
    "lp_pool2d": {"attrs": {"norm_type": 2, "kernel_size": 2}, "inputs": [(2, 3, 6, 5)]},
    "lp_pool2d_cubes": {
        "attrs": {"norm_type": 3.0, "kernel_size": [3, 2], "stride": [2, 1]},
        "inputs": [(2, 3, 6, 5)],
        "least": 0.1,
    },
    "lp_pool2d_sum": {
        "attrs": {"norm_type": 1, "kernel_size": 2, "stride": 3},
        "inputs": [(2, 3, 6, 5)],
        "least": 0.1,
    },
    "lp_pool2d_ceil": {
        "attrs": {"norm_type": 4, "kernel_size": 3, "stride": 2, "ceil_mode": True},
        "inputs": [(1, 2, 6, 8)],
    },
}


def forward(attrs, params, x):
    return lp_pool2d(x, **attrs)
