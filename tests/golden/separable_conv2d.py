"""SeparableConv2d against two torch convolutions."""

from torch.nn.functional import conv2d

KIND = "SeparableConv2d"
CASES = {
    "separable_conv2d": {
        "attrs": {"in_channels": 2, "out_channels": 3, "kernel_size": 3},
        "inputs": [(2, 2, 4, 5)],
        "params": {"depthwise.weight": (2, 1, 3, 3), "pointwise.weight": (3, 2, 1, 1),
                   "pointwise.bias": (3,)},
    },
    "separable_conv2d_strided": {
        "attrs": {"in_channels": 2, "out_channels": 3, "kernel_size": [3, 2], "stride": 2, "padding": 1,
                  "dilation": [1, 2], "depth_multiplier": 2, "bias": False},
        "inputs": [(2, 2, 5, 6)],
        "params": {"depthwise.weight": (4, 1, 3, 2), "pointwise.weight": (3, 4, 1, 1)},
    },
}


def forward(attrs, params, x):
    options = {name: attrs[name] for name in ("stride", "padding", "dilation") if name in attrs}
    x = conv2d(x, params["depthwise.weight"], groups=attrs["in_channels"], **options)
    return conv2d(x, params["pointwise.weight"], params.get("pointwise.bias"))
