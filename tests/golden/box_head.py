"""BoxHead against Pooler's case and torch.nn.functional.linear."""

import sys
from pathlib import Path

from torch.nn.functional import linear, relu

sys.path.insert(0, str(Path(__file__).parent))
import pooler

KIND = "BoxHead"
CASES = {
    "box_head": {
        "attrs": {"in_channels": 2, "num_classes": 3, "scales": [0.47, 0.23], "resolution": 2, "hidden": 4},
        "inputs": [(2, 2, 8, 9), (2, 2, 4, 5), (2, 3, 4)], "ids_below": 17, "ids_inputs": [2],
        "params": {"fc1.weight": (4, 8), "fc1.bias": (4,), "fc2.weight": (4, 4), "fc2.bias": (4,),
                   "scores.weight": (3, 4), "scores.bias": (3,),
                   "regression.weight": (12, 4), "regression.bias": (12,)},
    },
}


def forward(attrs, params, *inputs):
    x = pooler.forward({"output_size": attrs["resolution"], "spatial_scales": attrs["scales"],
                        "sampling_ratio": 2}, {}, *inputs).flatten(2)
    for name in "fc1", "fc2":
        x = relu(linear(x, params[name + ".weight"], params[name + ".bias"]))
    return tuple(linear(x, params[name + ".weight"], params[name + ".bias"]) for name in ("scores", "regression"))
