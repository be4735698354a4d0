"""RReLU against torch.nn.functional.rrelu where it is not random: inference, or one slope alone."""

from torch.nn import functional

KIND = "RReLU"
CASES = {
    "rrelu": {"attrs": {}, "inputs": [(3, 7)], "modes": ["inference"]},
    "rrelu_range": {
        "attrs": {"lower": 0.1, "upper": 0.7},
        "inputs": [(3, 7)],
        "modes": ["inference"],
    },
    "rrelu_one_slope": {"attrs": {"lower": 0.3, "upper": 0.3}, "inputs": [(3, 7)]},
    "rrelu_image": {"attrs": {"lower": 0.3, "upper": 0.3}, "inputs": [(2, 5, 3, 2)]},
}


def forward(attrs, params, x, training):
    return functional.rrelu(x, attrs.get("lower", 1 / 8), attrs.get("upper", 1 / 3), training)
