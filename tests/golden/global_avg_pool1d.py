"""GlobalAvgPool1d against torch.nn.functional.adaptive_avg_pool1d."""

from torch.nn.functional import adaptive_avg_pool1d

KIND = "GlobalAvgPool1d"
CASES = {"global_avg_pool1d": {"attrs": {}, "inputs": [(2, 3, 7)]}}


def forward(attrs, params, x):
    return adaptive_avg_pool1d(x, 1).flatten(1)
