"""Conv2d against torch.nn.functional.conv2d."""

from torch.nn.functional import conv2d, pad

KIND = "Conv2d"
CASES = {
    "conv2d": {
        "attrs": {"in_channels": 3, "out_channels": 5, "kernel_size": 3},
        "inputs": [(2, 3, 7, 6)],
        "params": {"weight": (5, 3, 3, 3), "bias": (5,)},
    },
    "conv2d_strided_groups": {
        "attrs": {"in_channels": 4, "out_channels": 6, "kernel_size": [3, 2], "stride": [2, 1],
                  "padding": [1, 2], "groups": 2, "bias": False},
        "inputs": [(2, 4, 6, 5)],
        "params": {"weight": (6, 2, 3, 2)},
    },
    "conv2d_dilated": {
        "attrs": {"in_channels": 2, "out_channels": 3, "kernel_size": 2, "dilation": [2, 3],
                  "padding": 1},
        "inputs": [(3, 2, 6, 7)],
        "params": {"weight": (3, 2, 2, 2), "bias": (3,)},
    },
    # As TensorFlow pads an even kernel: one more at the end.
    "conv2d_padded_end": {
        "attrs": {"in_channels": 3, "out_channels": 4, "kernel_size": [2, 4], "padding": [0, 1],
                  "padding_end": [1, 2], "stride": [1, 2]},
        "inputs": [(2, 3, 5, 6)],
        "params": {"weight": (4, 3, 2, 4), "bias": (4,)},
    },
    # Channels that fill the blocks of the blocked formats.
    "conv2d_16_channels": {
        "attrs": {"in_channels": 16, "out_channels": 16, "kernel_size": [3, 1], "padding": [1, 0]},
        "inputs": [(1, 16, 4, 4)],
        "params": {"weight": (16, 16, 3, 1), "bias": (16,)},
    },
}


def forward(attrs, params, x):
    options = {name: attrs[name] for name in ("stride", "padding", "dilation", "groups")
               if name in attrs}
    if "padding_end" in attrs:
        (top, left), (bottom, right) = options.pop("padding"), attrs["padding_end"]
        x = pad(x, (left, right, top, bottom))
    return conv2d(x, params["weight"], params.get("bias"), **options)
