"""Softplus against torch.nn.functional.softplus."""

from torch.nn.functional import softplus

KIND = "Softplus"
CASES = {
    "softplus": {"attrs": {}, "inputs": [(3, 7)]},
    "softplus_beta": {"attrs": {"beta": 3.0}, "inputs": [(3, 7)]},
}


def forward(attrs, params, x):
    return softplus(x, attrs.get("beta", 1.0))
