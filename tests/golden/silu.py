"""SiLU against torch.nn.functional.silu."""

from torch.nn.functional import silu

KIND = "SiLU"
CASES = {
    "silu": {"attrs": {}, "inputs": [(3, 7)]},
}


def forward(attrs, params, x):
    return silu(x)
