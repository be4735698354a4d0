"""SELU against torch.nn.functional.selu."""

from torch.nn import functional

KIND = "SELU"
CASES = {
    "selu": {"attrs": {}, "inputs": [(3, 7)]},
    "selu_image": {"attrs": {}, "inputs": [(2, 5, 3, 2)]},
}


def forward(attrs, params, x):
    return functional.selu(x)
