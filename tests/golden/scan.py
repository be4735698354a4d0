"""Scan against a loop."""

import torch
from torch.nn.functional import linear

KIND = "Scan"
BODY = """{"inputs": [{"name": "h"}, {"name": "x"}],
 "nodes": [{"name": "both", "kind": "Concat", "attrs": {"dim": 1}, "inputs": ["h", "x"]},
           {"name": "linear", "kind": "Linear", "inputs": ["both"], "attrs": {"in_features": 5, "out_features": 2}},
           {"name": "tanh", "kind": "Tanh", "inputs": ["linear"]}],
 "outputs": ["tanh", "linear"]}"""
CASES = {
    "scan": {"attrs": {"body": BODY}, "inputs": [(2, 2), (2, 4, 3)],
             "params": {"linear.weight": (2, 5), "linear.bias": (2,)}},
}


def forward(attrs, params, state, x):
    outputs = []
    for t in range(x.shape[1]):
        y = linear(torch.cat([state, x[:, t]], 1), params["linear.weight"], params["linear.bias"])
        state = torch.tanh(y)
        outputs.append(y)
    return state, torch.stack(outputs, 1)
