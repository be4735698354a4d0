"""Negative against the sign in front."""

KIND = "Negative"
CASES = {
    "negative": {"attrs": {}, "inputs": [(3, 7)]},
    "negative_image": {"attrs": {}, "inputs": [(2, 5, 3, 2)]},
}


def forward(attrs, params, x):
    return -x
