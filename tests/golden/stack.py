"""Stack against torch.stack."""

import torch

KIND = "Stack"
CASES = {
    "stack": {"attrs": {}, "inputs": [(2, 3, 4), (2, 3, 4)]},
    "stack_last": {"attrs": {"dim": -1}, "inputs": [(2, 3), (2, 3), (2, 3)]},
    "stack_one": {"attrs": {"dim": 2}, "inputs": [(2, 3)]},
}


def forward(attrs, params, *inputs):
    return torch.stack(inputs, attrs.get("dim", 1))
