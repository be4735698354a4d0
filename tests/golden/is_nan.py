"""IsNan against torch.isnan.

Golden files hold numbers only; tests of our own have what is not a number.
"""

import torch

KIND = "IsNan"
CASES = {
    "is_nan": {"attrs": {}, "inputs": [(3, 7)], "modes": ["inference"]},
    "is_nan_image": {"attrs": {}, "inputs": [(2, 5, 3, 2)], "modes": ["inference"]},
}


def forward(attrs, params, x):
    return torch.isnan(x).to(x.dtype)
