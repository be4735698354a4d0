"""AddConstant against a sum."""

KIND = "AddConstant"
CASES = {
    "add_constant": {"attrs": {"value": -1.7}, "inputs": [(3, 7)]},
    "add_constant_image": {"attrs": {"value": 0.3}, "inputs": [(2, 5, 3, 2)]},
}


def forward(attrs, params, x):
    return x + attrs["value"]
