"""GLU against torch.nn.functional.glu."""

from torch.nn import functional

KIND = "GLU"
CASES = {
    "glu": {"attrs": {}, "inputs": [(3, 8)]},
    "glu_channels": {"attrs": {"dim": 1}, "inputs": [(2, 6, 3, 2)]},
    "glu_steps": {"attrs": {}, "inputs": [(2, 3, 4)]},
    "glu_middle": {"attrs": {"dim": -2}, "inputs": [(2, 3, 4, 5)]},
}


def forward(attrs, params, x):
    return functional.glu(x, attrs.get("dim", -1))
