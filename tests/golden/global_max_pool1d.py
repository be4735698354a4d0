"""GlobalMaxPool1d against torch.nn.functional.adaptive_max_pool1d."""

from torch.nn.functional import adaptive_max_pool1d

KIND = "GlobalMaxPool1d"
CASES = {"global_max_pool1d": {"attrs": {}, "inputs": [(2, 3, 7)]}}


def forward(attrs, params, x):
    return adaptive_max_pool1d(x, 1).flatten(1)
