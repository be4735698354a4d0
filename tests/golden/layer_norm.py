"""LayerNorm against torch.nn.functional.layer_norm."""

from torch.nn.functional import layer_norm

KIND = "LayerNorm"
CASES = {
    "layer_norm_rows": {
        "attrs": {"shape": [6]},
        "inputs": [(4, 6)],
        "params": {"weight": (6,), "bias": (6,)},
    },
    "layer_norm_images": {
        "attrs": {"shape": [3, 2], "eps": 0.01},
        "inputs": [(2, 4, 3, 2)],
        "params": {"weight": (3, 2), "bias": (3, 2)},
    },
    "layer_norm_plain": {"attrs": {"shape": [5], "affine": False}, "inputs": [(3, 5)]},
}


def forward(attrs, params, x):
    return layer_norm(x, attrs["shape"], params.get("weight"), params.get("bias"),
                      attrs.get("eps", 1e-5))
