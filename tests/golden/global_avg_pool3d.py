"""GlobalAvgPool3d against torch.nn.functional.adaptive_avg_pool3d."""

from torch.nn.functional import adaptive_avg_pool3d

KIND = "GlobalAvgPool3d"
CASES = {"global_avg_pool3d": {"attrs": {}, "inputs": [(2, 3, 2, 4, 3)]}}


def forward(attrs, params, x):
    return adaptive_avg_pool3d(x, 1).flatten(1)
