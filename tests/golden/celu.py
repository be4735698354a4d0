"""CELU against torch.nn.functional.celu."""

from torch.nn import functional

KIND = "CELU"
CASES = {
    "celu": {"attrs": {}, "inputs": [(3, 7)]},
    "celu_alpha": {"attrs": {"alpha": 0.3}, "inputs": [(3, 7)]},
    "celu_image": {"attrs": {"alpha": 2.0}, "inputs": [(2, 5, 3, 2)]},
}


def forward(attrs, params, x):
    return functional.celu(x, attrs.get("alpha", 1.0))
