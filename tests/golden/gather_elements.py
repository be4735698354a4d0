"""GatherElements against torch.gather."""

import torch

KIND = "GatherElements"
CASES = {
    "gather_elements": {"attrs": {}, "inputs": [(2, 4, 3), (2, 2, 3)], "ids_below": 4,
                        "ids_inputs": [1]},
    "gather_elements_last": {"attrs": {"dim": -1}, "inputs": [(2, 3, 4), (2, 3, 6)],
                             "ids_below": 4, "ids_inputs": [1]},
}


def forward(attrs, params, x, ids):
    return torch.gather(x, attrs.get("dim", 1), ids.long())
