"""ConvTranspose2d against torch.nn.functional.conv_transpose2d."""

from torch.nn.functional import conv_transpose2d

KIND = "ConvTranspose2d"
CASES = {
    "conv_transpose2d": {
        "attrs": {"in_channels": 3, "out_channels": 4, "kernel_size": 3},
        "inputs": [(2, 3, 4, 3)],
        "params": {"weight": (3, 4, 3, 3), "bias": (4,)},
    },
    "conv_transpose2d_strided_groups": {
        "attrs": {"in_channels": 4, "out_channels": 6, "kernel_size": [3, 2], "stride": [2, 1],
                  "padding": 1, "output_padding": [1, 0], "groups": 2, "bias": False},
        "inputs": [(2, 4, 3, 4)],
        "params": {"weight": (4, 3, 3, 2)},
    },
    # Output padding that only a dilation leaves room for.
    "conv_transpose2d_dilated": {
        "attrs": {"in_channels": 2, "out_channels": 3, "kernel_size": 2, "dilation": [2, 3],
                  "output_padding": [1, 2]},
        "inputs": [(2, 2, 3, 4)],
        "params": {"weight": (2, 3, 2, 2), "bias": (3,)},
    },
    # As TensorFlow pads: one more at the end.
    "conv_transpose2d_padded_end": {
        "attrs": {"in_channels": 3, "out_channels": 4, "kernel_size": 3, "stride": 2,
                  "padding": 0, "padding_end": 1},
        "inputs": [(1, 3, 4, 3)],
        "params": {"weight": (3, 4, 3, 3), "bias": (4,)},
    },
    # Channels that fill the blocks of the blocked formats.
    "conv_transpose2d_16_channels": {
        "attrs": {"in_channels": 16, "out_channels": 16, "kernel_size": [4, 3], "stride": 2,
                  "padding": 1},
        "inputs": [(1, 16, 3, 3)],
        "params": {"weight": (16, 16, 4, 3), "bias": (16,)},
    },
}


def forward(attrs, params, x):
    names = ("stride", "padding", "output_padding", "groups", "dilation")
    options = {name: attrs[name] for name in names if name in attrs}
    y = conv_transpose2d(x, params["weight"], params.get("bias"), **options)
    cut = attrs.get("padding_end", 0)
    return y[..., :-cut, :-cut] if cut else y
