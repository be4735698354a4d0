"""RMSNorm against torch.nn.functional.rms_norm."""

from torch.nn.functional import rms_norm

KIND = "RMSNorm"
CASES = {
    "rms_norm_rows": {"attrs": {"shape": [21]}, "inputs": [(4, 21)], "params": {"weight": (21,)}},
    "rms_norm_images": {"attrs": {"shape": [3, 2], "eps": 0.01}, "inputs": [(2, 4, 3, 2)],
                        "params": {"weight": (3, 2)}},
    "rms_norm_plain": {"attrs": {"shape": [5], "affine": False}, "inputs": [(3, 2, 5)]},
}


def forward(attrs, params, x):
    return rms_norm(x, attrs["shape"], params.get("weight"), attrs.get("eps", 2.0**-23))
