"""DotProduct against the sum of a product."""

KIND = "DotProduct"
CASES = {
    "dot_product": {"attrs": {}, "inputs": [(3, 13), (3, 13)]},
    "dot_product_of_steps": {"attrs": {"keepdim": True}, "inputs": [(3, 4, 5), (3, 4, 5)]},
}


def forward(attrs, params, a, b):
    return (a * b).sum(-1, keepdim=attrs.get("keepdim", False))
