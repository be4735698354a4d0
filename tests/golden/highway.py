"""Highway against its formula."""

import torch
from torch.nn.functional import linear

KIND = "Highway"
PARAMS = {"gate.weight": (3, 3), "gate.bias": (3,), "linear.weight": (3, 3), "linear.bias": (3,)}
CASES = {
    "highway": {"attrs": {"size": 3}, "inputs": [(4, 3)], "params": PARAMS},
    "highway_relu_without_bias": {
        "attrs": {"size": 3, "activation": "ReLU", "bias": False}, "inputs": [(4, 3)],
        "params": {name: shape for name, shape in PARAMS.items() if "weight" in name}},
}


def forward(attrs, params, x):
    gate = torch.sigmoid(linear(x, params["gate.weight"], params.get("gate.bias")))
    change = getattr(torch, attrs.get("activation", "Tanh").lower())
    return gate * change(linear(x, params["linear.weight"], params.get("linear.bias"))) + (1 - gate) * x
