"""Upsample against torch.nn.functional.interpolate; TensorFlow 1's linear places by a product."""

from torch import arange, float64, relu
from torch.nn.functional import interpolate

KIND = "Upsample"
CASES = {
    "upsample": {"attrs": {"scale_factor": [2.0]}, "inputs": [(2, 3, 3, 4)]},
    "upsample_nearest_size": {"attrs": {"size": [7, 3]}, "inputs": [(2, 3, 3, 5)]},
    "upsample_nearest_scale": {"attrs": {"scale_factor": [1.7, 0.6]}, "inputs": [(1, 2, 5, 7)]},
    "upsample_nearest_sequence": {"attrs": {"size": [8]}, "inputs": [(2, 3, 5)]},
    "upsample_nearest_volume": {
        "attrs": {"scale_factor": [2.0, 1.0, 3.0]},
        "inputs": [(1, 2, 2, 3, 2)],
    },
    "upsample_linear": {
        "attrs": {"scale_factor": [2.5], "mode": "linear"},
        "inputs": [(2, 3, 5)],
    },
    "upsample_bilinear": {
        "attrs": {"size": [7, 3], "mode": "bilinear"},
        "inputs": [(2, 3, 3, 5)],
    },
    "upsample_bilinear_corners": {
        "attrs": {"size": [5, 6], "mode": "bilinear", "align_corners": True},
        "inputs": [(2, 3, 3, 4)],
    },
    "upsample_bilinear_one": {
        "attrs": {"size": [1, 4], "mode": "bilinear", "align_corners": True},
        "inputs": [(1, 2, 3, 4)],
    },
    "upsample_trilinear": {
        "attrs": {"size": [3, 5, 4], "mode": "trilinear"},
        "inputs": [(1, 2, 2, 3, 3)],
    },
    "upsample_bilinear_corners_of_places": {
        "attrs": {"size": [7, 3], "mode": "bilinear", "half_pixel_centers": False},
        "inputs": [(2, 3, 3, 5)],
    },
}


def weights(to, source):
    """Of each source number in each result; places run from 0, and end at the last number."""
    places = (arange(to, dtype=float64) * source / to).clamp(max=source - 1)
    return relu(1 - (places[:, None] - arange(source, dtype=float64)).abs())


def spread(given, x):
    """One number stands for all extents."""
    return given * (x.dim() - 2) if given and len(given) == 1 else given


def forward(attrs, params, x):
    if not attrs.get("half_pixel_centers", True):
        height, width = attrs["size"]
        return weights(height, x.shape[2]) @ x @ weights(width, x.shape[3]).T
    mode = attrs.get("mode", "nearest")
    corners = None if mode == "nearest" else attrs.get("align_corners", False)
    return interpolate(x, size=spread(attrs.get("size"), x), mode=mode, align_corners=corners,
                       scale_factor=spread(attrs.get("scale_factor"), x))
