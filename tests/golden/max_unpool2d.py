"""MaxUnpool2d against torch.nn.functional.max_unpool2d."""

from torch.nn.functional import max_pool2d, max_unpool2d

KIND = "MaxUnpool2d"
CASES = {
    "max_unpool2d": {"attrs": {"kernel_size": 2}, "inputs": [(2, 3, 3, 2), (2, 3, 6, 5)]},
    "max_unpool2d_strided": {
        "attrs": {"kernel_size": [2, 3], "stride": [3, 3], "padding": [1, 0]},
        "inputs": [(2, 3, 2, 2), (2, 3, 5, 7)],
    },
}


def forward(attrs, params, x, image):
    _, places = max_pool2d(image, **attrs, return_indices=True)
    return max_unpool2d(x, places, **attrs, output_size=image.shape)
