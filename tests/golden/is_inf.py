"""IsInf against torch.isinf.

Golden files hold numbers only; tests of our own have what is infinite.
"""

import torch

KIND = "IsInf"
CASES = {
    "is_inf": {"attrs": {}, "inputs": [(3, 7)], "modes": ["inference"]},
    "is_inf_image": {"attrs": {}, "inputs": [(2, 5, 3, 2)], "modes": ["inference"]},
}


def forward(attrs, params, x):
    return torch.isinf(x).to(x.dtype)
