"""LeakyReLU against torch.nn.functional.leaky_relu."""

from torch.nn.functional import leaky_relu

KIND = "LeakyReLU"
CASES = {
    "leaky_relu": {"attrs": {"negative_slope": 0.2}, "inputs": [(3, 7)]},
}


def forward(attrs, params, x):
    return leaky_relu(x, attrs["negative_slope"])
