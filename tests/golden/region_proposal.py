"""RegionProposal against Proposal's case and torch convolutions."""

import sys
from pathlib import Path

import torch
from torch.nn.functional import conv2d, relu

sys.path.insert(0, str(Path(__file__).parent))
import proposal

KIND = "RegionProposal"
OWN = {"image_size": [8, 12], "scales": [1.0, 2.0], "stride": 4, "post_nms_topn": 5, "min_size": 2.0}
CASES = {
    "region_proposal": {
        "attrs": {"in_channels": 2, "hidden": 3, **OWN},
        "inputs": [(2, 2, 2, 3)], "modes": ["inference"],
        "params": {"conv.weight": (3, 2, 3, 3), "conv.bias": (3,), "scores.weight": (6, 3, 1, 1),
                   "scores.bias": (6,), "regression.weight": (24, 3, 1, 1), "regression.bias": (24,)},
    },
}


def forward(attrs, params, x):
    x = relu(conv2d(x, params["conv.weight"], params["conv.bias"], padding=1))
    scores = conv2d(x, params["scores.weight"], params["scores.bias"])
    regression = conv2d(x, params["regression.weight"], params["regression.bias"])
    regions = proposal.forward(OWN, {}, torch.sigmoid(scores), regression)
    return (*regions, scores, regression)
