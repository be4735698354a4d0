"""FPN against torch convolutions and torch.nn.functional.interpolate."""

from torch.nn.functional import conv2d, interpolate, max_pool2d

KIND = "FPN"
PARAMS = {"inner0.weight": (2, 2, 1, 1), "inner0.bias": (2,), "layer0.weight": (2, 2, 3, 3), "layer0.bias": (2,),
          "inner1.weight": (2, 3, 1, 1), "inner1.bias": (2,), "layer1.weight": (2, 2, 3, 3), "layer1.bias": (2,)}
CASES = {
    "fpn": {"attrs": {"in_channels": [2, 3], "out_channels": 2, "top_blocks": 1},
            "inputs": [(2, 2, 4, 6), (2, 3, 2, 3)], "params": PARAMS},
}


def forward(attrs, params, large, small):
    def conv(name, x):
        weight = params[name + ".weight"]
        return conv2d(x, weight, params[name + ".bias"], padding=weight.shape[-1] // 2)

    top = conv("inner1", small)
    below = conv("inner0", large) + interpolate(top, scale_factor=2, mode="nearest")
    outputs = [conv("layer0", below), conv("layer1", top)]
    return (*outputs, max_pool2d(outputs[1], 1, 2))
