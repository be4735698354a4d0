"""BinaryThreshold against a comparison."""

KIND = "BinaryThreshold"
CASES = {
    "binary_threshold": {"attrs": {}, "inputs": [(3, 7)], "modes": ["inference"]},
    "binary_threshold_threshold": {
        "attrs": {"threshold": -0.5},
        "inputs": [(3, 7)],
        "modes": ["inference"],
    },
    "binary_threshold_image": {
        "attrs": {"threshold": 0.25},
        "inputs": [(2, 5, 3, 2)],
        "modes": ["inference"],
    },
}


def forward(attrs, params, x):
    return (x > attrs.get("threshold", 1e-6)).to(x.dtype)
