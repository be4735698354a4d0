"""ConvMap2d against torch.nn.functional.conv2d with zeros for the other kernels."""

from torch.nn.functional import conv2d

KIND = "ConvMap2d"
CASES = {
    "conv_map2d": {
        "attrs": {"in_channels": 3, "out_channels": 4, "connections": [0, 0, 2, 1, 0, 2, 1, 2],
                  "kernel_size": [2, 3]},
        "inputs": [(2, 3, 4, 5)],
        "params": {"weight": (4, 2, 3), "bias": (4,)},
    },
    # One connection is there twice.
    "conv_map2d_strided": {
        "attrs": {"in_channels": 2, "out_channels": 3, "connections": [1, 0, 0, 2, 1, 2, 1, 0],
                  "kernel_size": 3, "stride": [2, 1], "padding": 1, "bias": False},
        "inputs": [(2, 2, 5, 4)],
        "params": {"weight": (4, 3, 3)},
    },
    # All connections, and channels that fill the blocks of the blocked formats.
    "conv_map2d_16_channels": {
        "attrs": {"in_channels": 16, "out_channels": 16,
                  "connections": [c for o in range(16) for i in range(16) for c in (i, o)],
                  "kernel_size": 3, "padding": 1},
        "inputs": [(1, 16, 6, 8)],
        "params": {"weight": (256, 3, 3), "bias": (16,)},
    },
}


def forward(attrs, params, x):
    weight = params["weight"]
    kernels = weight.new_zeros(attrs["out_channels"], attrs["in_channels"], *weight.shape[1:])
    pairs = zip(attrs["connections"][::2], attrs["connections"][1::2])
    for kernel, (i, o) in zip(weight, pairs):
        one = weight.new_zeros(kernels.shape[:2])
        one[o, i] = 1
        kernels = kernels + one[:, :, None, None] * kernel
    return conv2d(x, kernels, params.get("bias"), stride=attrs.get("stride", 1),
                  padding=attrs.get("padding", 0))
