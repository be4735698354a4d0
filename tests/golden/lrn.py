"""LRN against torch.nn.functional.local_response_norm."""

from torch.nn.functional import local_response_norm

KIND = "LRN"
CASES = {
    "lrn": {"attrs": {"size": 3}, "inputs": [(2, 5, 3, 2)], "scale": 30.0},
    # The first layers of GoogLeNet; channels that fill the blocks of the blocked formats.
    "lrn_16_channels": {
        "attrs": {"size": 5, "alpha": 1e-4, "beta": 0.75},
        "inputs": [(2, 16, 3, 2)],
        "scale": 100.0,
    },
    "lrn_all": {
        "attrs": {"size": 7, "alpha": 0.3, "beta": 1.25, "k": 2.5},
        "inputs": [(2, 4, 2, 3)],
    },
}


def forward(attrs, params, x):
    return local_response_norm(x, **attrs)
