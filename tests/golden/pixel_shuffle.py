"""PixelShuffle against torch.nn.functional.pixel_shuffle."""

from torch.nn.functional import pixel_shuffle

KIND = "PixelShuffle"
CASES = {
    "pixel_shuffle": {"attrs": {"upscale_factor": 2}, "inputs": [(2, 8, 2, 3)]},
    "pixel_shuffle_3": {"attrs": {"upscale_factor": 3}, "inputs": [(2, 9, 2, 1)]},
}


def forward(attrs, params, x):
    return pixel_shuffle(x, attrs["upscale_factor"])
