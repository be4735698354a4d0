"""If against torch.where."""

import torch
from torch.nn.functional import linear

KIND = "If"
THEN = """{"inputs": [{"name": "x"}],
 "nodes": [{"name": "linear", "kind": "Linear", "inputs": ["x"], "attrs": {"in_features": 3, "out_features": 2}}],
 "outputs": ["linear"]}"""
OTHERWISE = """{"inputs": [{"name": "x"}],
 "nodes": [{"name": "linear", "kind": "Linear", "inputs": ["x"], "attrs": {"in_features": 3, "out_features": 2}},
           {"name": "tanh", "kind": "Tanh", "inputs": ["linear"]}],
 "outputs": ["tanh"]}"""
CASES = {
    "if": {"attrs": {"then": THEN, "otherwise": OTHERWISE}, "inputs": [(6, 1), (6, 3)],
           "ids_below": 2, "ids_inputs": [0],
           "params": {"then.linear.weight": (2, 3), "then.linear.bias": (2,),
                      "otherwise.linear.weight": (2, 3), "otherwise.linear.bias": (2,)}},
}


def forward(attrs, params, condition, x):
    yes = linear(x, params["then.linear.weight"], params["then.linear.bias"])
    no = torch.tanh(linear(x, params["otherwise.linear.weight"], params["otherwise.linear.bias"]))
    return torch.where(condition != 0, yes, no)
