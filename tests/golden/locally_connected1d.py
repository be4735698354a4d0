"""LocallyConnected1d: torch.nn.functional.unfold's columns times the weights of their position."""

from torch import einsum
from torch.nn.functional import unfold

KIND = "LocallyConnected1d"
CASES = {
    "locally_connected1d": {
        "attrs": {"in_channels": 3, "out_channels": 4, "input_size": 7, "kernel_size": 3},
        "inputs": [(2, 3, 7)],
        "params": {"weight": (5, 3, 3, 4), "bias": (4, 5)},
    },
    "locally_connected1d_strided": {
        "attrs": {"in_channels": 2, "out_channels": 3, "input_size": 6, "kernel_size": 2,
                  "stride": 2, "padding": 1, "bias": False},
        "inputs": [(3, 2, 6)],
        "params": {"weight": (4, 2, 2, 3)},
    },
}


def forward(attrs, params, x):
    columns = unfold(x[:, :, None], (1, attrs["kernel_size"]), stride=(1, attrs.get("stride", 1)),
                     padding=(0, attrs.get("padding", 0)))
    y = einsum("tko,nkt->not", params["weight"].flatten(1, 2), columns)
    return y + params["bias"] if "bias" in params else y
