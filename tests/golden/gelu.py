"""GELU against torch.nn.functional.gelu."""

from torch.nn.functional import gelu

KIND = "GELU"
CASES = {
    "gelu": {"attrs": {}, "inputs": [(3, 7)]},
    "gelu_tanh": {"attrs": {"approximate": "tanh"}, "inputs": [(3, 7)]},
}


def forward(attrs, params, x):
    return gelu(x, approximate=attrs.get("approximate", "none"))
