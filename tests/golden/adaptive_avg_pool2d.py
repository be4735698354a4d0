"""AdaptiveAvgPool2d against torch.nn.functional.adaptive_avg_pool2d."""

from torch.nn.functional import adaptive_avg_pool2d

KIND = "AdaptiveAvgPool2d"
CASES = {
    "adaptive_avg_pool2d": {"attrs": {"output_size": [3, 2]}, "inputs": [(2, 3, 7, 5)]},
    "adaptive_avg_pool2d_divides": {"attrs": {"output_size": [3, 2]}, "inputs": [(2, 3, 6, 4)]},
    "adaptive_avg_pool2d_larger": {"attrs": {"output_size": 4}, "inputs": [(1, 2, 3, 4)]},
}


def forward(attrs, params, x):
    return adaptive_avg_pool2d(x, attrs["output_size"])
