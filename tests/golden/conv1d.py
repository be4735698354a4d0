"""Conv1d against torch.nn.functional.conv1d."""

from torch.nn.functional import conv1d, pad

KIND = "Conv1d"
CASES = {
    "conv1d": {
        "attrs": {"in_channels": 3, "out_channels": 5, "kernel_size": 3},
        "inputs": [(2, 3, 9)],
        "params": {"weight": (5, 3, 3), "bias": (5,)},
    },
    "conv1d_strided_groups": {
        "attrs": {"in_channels": 4, "out_channels": 6, "kernel_size": 3, "stride": 2, "padding": 1,
                  "groups": 2, "bias": False},
        "inputs": [(2, 4, 10)],
        "params": {"weight": (6, 2, 3)},
    },
    "conv1d_padded_end": {
        "attrs": {"in_channels": 2, "out_channels": 3, "kernel_size": 2, "dilation": 3,
                  "padding": 1, "padding_end": 2},
        "inputs": [(3, 2, 8)],
        "params": {"weight": (3, 2, 2), "bias": (3,)},
    },
    "conv1d_causal": {
        "attrs": {"in_channels": 2, "out_channels": 3, "kernel_size": 3, "dilation": 2,
                  "causal": True},
        "inputs": [(2, 2, 7)],
        "params": {"weight": (3, 2, 3), "bias": (3,)},
    },
    # Channels that fill the blocks of the blocked formats.
    "conv1d_16_channels": {
        "attrs": {"in_channels": 16, "out_channels": 16, "kernel_size": 3, "padding": 1},
        "inputs": [(1, 16, 6)],
        "params": {"weight": (16, 16, 3), "bias": (16,)},
    },
}


def forward(attrs, params, x):
    before = attrs.get("padding", 0)
    after = attrs.get("padding_end", before)
    if attrs.get("causal"):
        before, after = attrs["dilation"] * (attrs["kernel_size"] - 1), 0
    options = {name: attrs[name] for name in ("stride", "dilation", "groups") if name in attrs}
    return conv1d(pad(x, (before, after)), params["weight"], params.get("bias"), **options)
