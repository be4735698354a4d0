"""Power against torch.pow."""

import torch

KIND = "Power"
CASES = {
    "power": {"attrs": {"power": 2.5}, "inputs": [(3, 7)], "least": 0.1},
    "power_none": {"attrs": {"power": 0.0}, "inputs": [(3, 7)]},
    "power_one": {"attrs": {"power": 1.0, "shift": 0.5}, "inputs": [(3, 7)]},
    "power_square": {"attrs": {"power": 2.0, "scale": 0.5, "shift": 0.3}, "inputs": [(3, 7)]},
    "power_cube": {"attrs": {"power": 3.0}, "inputs": [(3, 7)]},
    "power_fourth": {"attrs": {"power": 4.0}, "inputs": [(3, 7)]},
    "power_root": {"attrs": {"power": 0.5, "scale": 2.0}, "inputs": [(3, 7)], "least": 0.2},
    "power_inverse": {"attrs": {"power": -1.0}, "inputs": [(3, 7)], "least": 0.3},
    "power_inverse_root": {
        "attrs": {"power": -0.5, "shift": 1.0},
        "inputs": [(3, 7)],
        "least": -0.5,
    },
    "power_image": {"attrs": {"power": 2.0}, "inputs": [(2, 5, 3, 2)]},
    "power_image_shifted": {"attrs": {"power": 2.0, "shift": 1.0}, "inputs": [(2, 5, 3, 2)]},
}


def forward(attrs, params, x):
    u = attrs.get("scale", 1.0) * x + attrs.get("shift", 0.0)
    return torch.pow(u, attrs["power"])
