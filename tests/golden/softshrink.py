"""Softshrink against torch.nn.functional.softshrink."""

from torch.nn import functional

KIND = "Softshrink"
CASES = {
    "softshrink": {"attrs": {}, "inputs": [(3, 7)]},
    "softshrink_lambd": {"attrs": {"lambd": 0.25}, "inputs": [(3, 7)]},
    "softshrink_at_limits": {"attrs": {}, "inputs": [(3, 7)], "least": -0.5, "most": 0.5},
    "softshrink_image": {"attrs": {}, "inputs": [(2, 5, 3, 2)]},
}


def forward(attrs, params, x):
    return functional.softshrink(x, attrs.get("lambd", 0.5))
