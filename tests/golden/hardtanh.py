"""Hardtanh against torch.nn.functional.hardtanh."""

from torch.nn import functional

KIND = "Hardtanh"
CASES = {
    "hardtanh": {"attrs": {}, "inputs": [(3, 7)]},
    "hardtanh_range": {"attrs": {"min_val": -0.5, "max_val": 2.0}, "inputs": [(3, 7)]},
    "hardtanh_at_limits": {
        "attrs": {},
        "inputs": [(3, 7)],
        "least": -1.0,
        "most": 1.0,
        "scale": 2.0,
    },
    "hardtanh_image": {"attrs": {}, "inputs": [(2, 5, 3, 2)]},
    "hardtanh_image_above_zero": {"attrs": {"min_val": 0.25}, "inputs": [(2, 5, 3, 2)]},
}


def forward(attrs, params, x):
    return functional.hardtanh(x, attrs.get("min_val", -1.0), attrs.get("max_val", 1.0))
