"""GlobalMaxPool3d against torch.nn.functional.adaptive_max_pool3d."""

from torch.nn.functional import adaptive_max_pool3d

KIND = "GlobalMaxPool3d"
CASES = {"global_max_pool3d": {"attrs": {}, "inputs": [(2, 3, 2, 4, 3)]}}


def forward(attrs, params, x):
    return adaptive_max_pool3d(x, 1).flatten(1)
