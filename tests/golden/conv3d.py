"""Conv3d against torch.nn.functional.conv3d."""

from torch.nn.functional import conv3d, pad

KIND = "Conv3d"
CASES = {
    "conv3d": {
        "attrs": {"in_channels": 3, "out_channels": 4, "kernel_size": 2},
        "inputs": [(2, 3, 3, 4, 3)],
        "params": {"weight": (4, 3, 2, 2, 2), "bias": (4,)},
    },
    "conv3d_strided_groups": {
        "attrs": {"in_channels": 4, "out_channels": 6, "kernel_size": [2, 3, 1],
                  "stride": [1, 2, 2], "padding": [1, 1, 0], "groups": 2, "bias": False},
        "inputs": [(2, 4, 3, 5, 4)],
        "params": {"weight": (6, 2, 2, 3, 1)},
    },
    "conv3d_dilated": {
        "attrs": {"in_channels": 2, "out_channels": 3, "kernel_size": 2, "dilation": [1, 2, 3],
                  "padding": [0, 1, 1], "padding_end": [1, 0, 2]},
        "inputs": [(2, 2, 2, 4, 5)],
        "params": {"weight": (3, 2, 2, 2, 2), "bias": (3,)},
    },
    # Channels that fill the blocks of the blocked formats.
    "conv3d_16_channels": {
        "attrs": {"in_channels": 16, "out_channels": 16, "kernel_size": [1, 3, 1],
                  "padding": [0, 1, 0]},
        "inputs": [(1, 16, 2, 3, 2)],
        "params": {"weight": (16, 16, 1, 3, 1), "bias": (16,)},
    },
}


def forward(attrs, params, x):
    before = attrs.get("padding", [0, 0, 0])
    after = attrs.get("padding_end", before)
    edges = [edge for pair in reversed(list(zip(before, after))) for edge in pair]
    options = {name: attrs[name] for name in ("stride", "dilation", "groups") if name in attrs}
    return conv3d(pad(x, edges), params["weight"], params.get("bias"), **options)
