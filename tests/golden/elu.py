"""ELU against torch.nn.functional.elu."""

from torch.nn.functional import elu

KIND = "ELU"
CASES = {
    "elu": {"attrs": {}, "inputs": [(3, 7)]},
    "elu_alpha": {"attrs": {"alpha": 0.3}, "inputs": [(3, 7)]},
}


def forward(attrs, params, x):
    return elu(x, attrs.get("alpha", 1.0))
