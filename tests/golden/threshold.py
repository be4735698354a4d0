"""Threshold against torch.nn.functional.threshold."""

from torch.nn import functional

KIND = "Threshold"
CASES = {
    "threshold": {"attrs": {"threshold": 0.25, "value": 0.0}, "inputs": [(3, 7)]},
    "threshold_value": {"attrs": {"threshold": -0.5, "value": 20.0}, "inputs": [(3, 7)]},
    "threshold_image": {"attrs": {"threshold": 0.25, "value": 0.0}, "inputs": [(2, 5, 3, 2)]},
    "threshold_image_value": {
        "attrs": {"threshold": 0.25, "value": -1.0},
        "inputs": [(2, 5, 3, 2)],
    },
}


def forward(attrs, params, x):
    return functional.threshold(x, attrs["threshold"], attrs["value"])
