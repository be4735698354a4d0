"""ReLU6 against torch.nn.functional.relu6, with inputs on both sides of 6."""

from torch.nn.functional import relu6

KIND = "ReLU6"
CASES = {
    "relu6": {"attrs": {}, "inputs": [(3, 7)], "scale": 6.0},
    "relu6_images": {"attrs": {}, "inputs": [(2, 3, 4, 5)], "scale": 6.0},
}


def forward(attrs, params, x):
    return relu6(x)
