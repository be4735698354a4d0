"""LocallyConnected2d: torch.nn.functional.unfold's columns times the weights of their position."""

from torch import einsum
from torch.nn.functional import unfold

KIND = "LocallyConnected2d"
CASES = {
    "locally_connected2d": {
        "attrs": {"in_channels": 3, "out_channels": 4, "input_size": [4, 5], "kernel_size": [3, 2]},
        "inputs": [(2, 3, 4, 5)],
        "params": {"weight": (2, 4, 3, 3, 2, 4), "bias": (4, 2, 4)},
    },
    "locally_connected2d_strided": {
        "attrs": {"in_channels": 2, "out_channels": 3, "input_size": 5, "kernel_size": 3,
                  "stride": [2, 3], "padding": [1, 0], "bias": False},
        "inputs": [(3, 2, 5, 5)],
        "params": {"weight": (3, 1, 2, 3, 3, 3)},
    },
}


def forward(attrs, params, x):
    columns = unfold(x, attrs["kernel_size"], stride=attrs.get("stride", 1),
                     padding=attrs.get("padding", 0))
    weight = params["weight"]
    y = einsum("tko,nkt->not", weight.flatten(0, 1).flatten(1, 3), columns)
    y = y.unflatten(2, weight.shape[:2])
    return y + params["bias"] if "bias" in params else y
