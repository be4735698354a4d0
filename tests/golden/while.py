"""While against a loop of each row."""

import torch
from torch.nn.functional import linear

KIND = "While"
CONDITION = """{"inputs": [{"name": "x"}],
 "nodes": [{"name": "mean", "kind": "Mean", "attrs": {"dims": [1], "keepdim": true}, "inputs": ["x"]},
           {"name": "large", "kind": "BinaryThreshold", "attrs": {"threshold": 0.2}, "inputs": ["mean"]}],
 "outputs": ["large"]}"""
BODY = """{"inputs": [{"name": "x"}],
 "nodes": [{"name": "linear", "kind": "Linear", "inputs": ["x"],
            "attrs": {"in_features": 2, "out_features": 2, "bias": false}},
           {"name": "half", "kind": "MulConstant", "attrs": {"value": 0.5}, "inputs": ["linear"]}],
 "outputs": ["half"]}"""
CASES = {
    "while": {"attrs": {"condition": CONDITION, "body": BODY, "max_iterations": 5}, "inputs": [(8, 2)],
              "params": {"linear.weight": (2, 2)}},
    "while_at_most_once": {"attrs": {"condition": CONDITION, "body": BODY, "max_iterations": 1},
                           "inputs": [(8, 2)], "params": {"linear.weight": (2, 2)}},
}


def forward(attrs, params, x):
    rows = []
    for row in x:
        for _ in range(attrs["max_iterations"]):
            if row.mean() <= 0.2:
                break
            row = linear(row, params["linear.weight"]) / 2
        rows.append(row)
    return torch.stack(rows)
