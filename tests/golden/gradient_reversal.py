"""GradientReversal: x in value, -scale x in gradient."""

KIND = "GradientReversal"
CASES = {
    "gradient_reversal": {"attrs": {}, "inputs": [(3, 7)]},
    "gradient_reversal_scaled": {"attrs": {"scale": 0.25}, "inputs": [(2, 3, 2, 2)]},
}


def forward(attrs, params, x):
    scale = attrs.get("scale", 1.0)
    return -scale * x + ((1 + scale) * x).detach()
