"""IsFinite against torch.isfinite.

Golden files hold numbers only; tests of our own have what is infinite.
"""

import torch

KIND = "IsFinite"
CASES = {
    "is_finite": {"attrs": {}, "inputs": [(3, 7)], "modes": ["inference"]},
    "is_finite_image": {"attrs": {}, "inputs": [(2, 5, 3, 2)], "modes": ["inference"]},
}


def forward(attrs, params, x):
    return torch.isfinite(x).to(x.dtype)
