"""MaskHead against Pooler's case and torch convolutions."""

import sys
from pathlib import Path

from torch.nn.functional import conv2d, conv_transpose2d, relu

sys.path.insert(0, str(Path(__file__).parent))
import pooler

KIND = "MaskHead"
CASES = {
    "mask_head": {
        "attrs": {"in_channels": 2, "num_classes": 2, "scales": [0.47], "resolution": 2, "channels": [3]},
        "inputs": [(2, 2, 8, 9), (2, 3, 4)], "ids_below": 17, "ids_inputs": [1],
        "params": {"conv1.weight": (3, 2, 3, 3), "conv1.bias": (3,), "larger.weight": (3, 3, 2, 2),
                   "larger.bias": (3,), "mask.weight": (2, 3, 1, 1), "mask.bias": (2,)},
    },
}


def forward(attrs, params, *inputs):
    x = pooler.forward({"output_size": attrs["resolution"], "spatial_scales": attrs["scales"],
                        "sampling_ratio": 2}, {}, *inputs)
    rows, regions = x.shape[:2]
    x = relu(conv2d(x.flatten(0, 1), params["conv1.weight"], params["conv1.bias"], padding=1))
    x = relu(conv_transpose2d(x, params["larger.weight"], params["larger.bias"], stride=2))
    x = conv2d(x, params["mask.weight"], params["mask.bias"])
    return x.reshape(rows, regions, *x.shape[1:])
