"""Normalize against torch.nn.functional.normalize."""

from math import inf

from torch.nn.functional import normalize

KIND = "Normalize"
CASES = {
    "normalize_rows": {"attrs": {}, "inputs": [(3, 19)]},
    "normalize_channels": {"attrs": {"p": 1.0}, "inputs": [(2, 5, 3, 2)]},
    "normalize_steps": {"attrs": {"p": 3.0, "dim": -1}, "inputs": [(2, 4, 5)]},
    "normalize_height": {"attrs": {"p": 1.5, "dim": 2}, "inputs": [(2, 3, 4, 2)]},
    "normalize_largest": {"attrs": {"p": 0.0}, "inputs": [(2, 5, 3)]},
    # All norms are below eps but a few.
    "normalize_eps": {"attrs": {"eps": 2.5}, "inputs": [(4, 5)]},
}


def forward(attrs, params, x):
    return normalize(x, attrs.get("p", 2.0) or inf, attrs.get("dim", 1), attrs.get("eps", 1e-12))
