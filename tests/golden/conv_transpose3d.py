"""ConvTranspose3d against torch.nn.functional.conv_transpose3d."""

from torch.nn.functional import conv_transpose3d

KIND = "ConvTranspose3d"
CASES = {
    "conv_transpose3d": {
        "attrs": {"in_channels": 3, "out_channels": 4, "kernel_size": [2, 3, 2]},
        "inputs": [(2, 3, 2, 4, 3)],
        "params": {"weight": (3, 4, 2, 3, 2), "bias": (4,)},
    },
    "conv_transpose3d_strided_groups": {
        "attrs": {"in_channels": 4, "out_channels": 6, "kernel_size": [2, 3, 2],
                  "stride": [1, 2, 2], "padding": [0, 1, 1], "output_padding": [0, 1, 1],
                  "groups": 2, "bias": False},
        "inputs": [(2, 4, 2, 3, 3)],
        "params": {"weight": (4, 3, 2, 3, 2)},
    },
    # Output padding that only a dilation leaves room for.
    "conv_transpose3d_dilated": {
        "attrs": {"in_channels": 2, "out_channels": 3, "kernel_size": 2, "dilation": [1, 2, 2],
                  "output_padding": [0, 1, 0]},
        "inputs": [(1, 2, 2, 3, 2)],
        "params": {"weight": (2, 3, 2, 2, 2), "bias": (3,)},
    },
    # As TensorFlow pads: one more at the end.
    "conv_transpose3d_padded_end": {
        "attrs": {"in_channels": 2, "out_channels": 3, "kernel_size": 3, "stride": 2,
                  "padding": 0, "padding_end": 1},
        "inputs": [(1, 2, 2, 2, 2)],
        "params": {"weight": (2, 3, 3, 3, 3), "bias": (3,)},
    },
    # Channels that fill the blocks of the blocked formats.
    "conv_transpose3d_16_channels": {
        "attrs": {"in_channels": 16, "out_channels": 16, "kernel_size": [1, 2, 2],
                  "stride": [1, 2, 2]},
        "inputs": [(1, 16, 2, 2, 3)],
        "params": {"weight": (16, 16, 1, 2, 2), "bias": (16,)},
    },
}


def forward(attrs, params, x):
    names = ("stride", "padding", "output_padding", "groups", "dilation")
    options = {name: attrs[name] for name in names if name in attrs}
    y = conv_transpose3d(x, params["weight"], params.get("bias"), **options)
    cut = attrs.get("padding_end", 0)
    return y[..., :-cut, :-cut, :-cut] if cut else y
