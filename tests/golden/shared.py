"""Shared against torch.nn.functional.linear of each input."""

from torch.nn.functional import linear

KIND = "Shared"
CASES = {
    "shared": {
        "attrs": {"layer": '{"kind": "Linear", "in_features": 4, "out_features": 3}', "inputs": 3},
        "inputs": [(2, 4), (2, 4), (2, 4)],
        "params": {"layer.weight": (3, 4), "layer.bias": (3,)},
    },
}


def forward(attrs, params, *inputs):
    return tuple(linear(x, params["layer.weight"], params["layer.bias"]) for x in inputs)
