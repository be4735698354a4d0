"""GlobalMaxPool2d against torch.nn.functional.adaptive_max_pool2d."""

from torch.nn.functional import adaptive_max_pool2d

KIND = "GlobalMaxPool2d"
CASES = {"global_max_pool2d": {"attrs": {}, "inputs": [(2, 3, 4, 5)]}}


def forward(attrs, params, x):
    return adaptive_max_pool2d(x, 1).flatten(1)
