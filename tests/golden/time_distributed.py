"""TimeDistributed against the layer of each step."""

import torch
from torch.nn.functional import conv2d

KIND = "TimeDistributed"
CASES = {
    "time_distributed": {
        "attrs": {"layer": '{"kind": "Conv2d", "in_channels": 2, "out_channels": 3, "kernel_size": 2}'},
        "inputs": [(2, 3, 2, 4, 3)],
        "params": {"layer.weight": (3, 2, 2, 2), "layer.bias": (3,)},
    },
}


def forward(attrs, params, x):
    steps = [conv2d(x[:, t], params["layer.weight"], params["layer.bias"]) for t in range(x.shape[1])]
    return torch.stack(steps, 1)
