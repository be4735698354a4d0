"""Dilation2d: the maximum of unfold's columns with the weights added."""

from torch.nn.functional import pad, unfold

KIND = "Dilation2d"
CASES = {
    "dilation2d": {
        "attrs": {"channels": 3, "kernel_size": 2},
        "inputs": [(2, 3, 4, 5)],
        "params": {"weight": (3, 2, 2)},
    },
    "dilation2d_padded": {
        "attrs": {"channels": 2, "kernel_size": [3, 2], "stride": [2, 1], "padding": [1, 0],
                  "padding_end": [1, 1]},
        "inputs": [(2, 2, 5, 4)],
        "params": {"weight": (2, 3, 2)},
    },
    "dilation2d_dilated": {
        "attrs": {"channels": 2, "kernel_size": 2, "padding": [1, 1], "dilation": [2, 3]},
        "inputs": [(2, 2, 4, 6)],
        "params": {"weight": (2, 2, 2)},
    },
}


def forward(attrs, params, x):
    top, left = attrs.get("padding", [0, 0])
    bottom, right = attrs.get("padding_end", [top, left])
    x = pad(x, (left, right, top, bottom), value=float("-inf"))
    options = {name: attrs.get(name, 1) for name in ("dilation", "stride")}
    weight = params["weight"]
    columns = unfold(x, weight.shape[1:], **options).reshape(*x.shape[:2], weight[0].numel(), -1)
    y = (columns + weight.reshape(1, len(weight), -1, 1)).amax(2)
    kernel, holes, steps = (pair if isinstance(pair, list) else [pair, pair] for pair in
                            (attrs["kernel_size"], options["dilation"], options["stride"]))
    extents = [(x.shape[i + 2] - holes[i] * (kernel[i] - 1) - 1) // steps[i] + 1 for i in range(2)]
    return y.reshape(*x.shape[:2], *extents)
