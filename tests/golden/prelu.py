"""PReLU against torch.nn.functional.prelu."""

from torch.nn import functional

KIND = "PReLU"
CASES = {
    "prelu": {"attrs": {}, "inputs": [(3, 7)], "params": {"weight": (1,)}},
    "prelu_steps": {"attrs": {}, "inputs": [(2, 3, 4)], "params": {"weight": (1,)}},
    "prelu_rows": {
        "attrs": {"num_parameters": 7},
        "inputs": [(3, 7)],
        "params": {"weight": (7,)},
    },
    "prelu_image": {"attrs": {}, "inputs": [(2, 5, 3, 2)], "params": {"weight": (1,)}},
    "prelu_image_channels": {
        "attrs": {"num_parameters": 5},
        "inputs": [(2, 5, 3, 2)],
        "params": {"weight": (5,)},
    },
    "prelu_image_16_channels": {
        "attrs": {"num_parameters": 16},
        "inputs": [(2, 16, 2, 3)],
        "params": {"weight": (16,)},
    },
    "prelu_sequence_channels": {
        "attrs": {"num_parameters": 3},
        "inputs": [(2, 3, 20)],
        "params": {"weight": (3,)},
    },
}


def forward(attrs, params, x):
    return functional.prelu(x, params["weight"])
