"""Pad against torch.nn.functional.pad."""

from torch.nn.functional import pad

KIND = "Pad"
CASES = {
    "pad": {"attrs": {"padding": [1, 2], "value": 0.5}, "inputs": [(2, 3, 4)]},
    "pad_image": {"attrs": {"padding": [1, 0, 2, 1]}, "inputs": [(2, 3, 2, 4)]},
    "pad_every_extent": {"attrs": {"padding": [1, 1, 0, 1, 2, 0]}, "inputs": [(2, 3, 2, 4)]},
    "pad_negative": {"attrs": {"padding": [-1, 2, 1, -2]}, "inputs": [(2, 4, 5)]},
    "pad_reflect": {"attrs": {"padding": [2, 1, 1, 2], "mode": "reflect"},
                    "inputs": [(2, 3, 3, 4)]},
    "pad_replicate": {"attrs": {"padding": [2, 3, 1, 0], "mode": "replicate"},
                      "inputs": [(2, 3, 2, 3)]},
    "pad_circular": {"attrs": {"padding": [2, 3, 1, 2], "mode": "circular"},
                     "inputs": [(2, 3, 2, 3)]},
    "pad_circular_steps": {"attrs": {"padding": [1, 2], "mode": "circular"},
                           "inputs": [(2, 3, 4)]},
}


def forward(attrs, params, x):
    return pad(x, attrs["padding"], attrs.get("mode", "constant"), attrs.get("value", 0.0))
