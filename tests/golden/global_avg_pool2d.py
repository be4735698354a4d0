"""GlobalAvgPool2d against torch.nn.functional.adaptive_avg_pool2d."""

from torch.nn.functional import adaptive_avg_pool2d

KIND = "GlobalAvgPool2d"
CASES = {"global_avg_pool2d": {"attrs": {}, "inputs": [(2, 3, 4, 5)]}}


def forward(attrs, params, x):
    return adaptive_avg_pool2d(x, 1).flatten(1)
