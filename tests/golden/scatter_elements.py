"""ScatterElements against torch.scatter and torch.scatter_add."""

import torch

KIND = "ScatterElements"
CASES = {
    # One id along the extent: torch leaves open which of several for one place stays.
    "scatter_elements": {"attrs": {}, "inputs": [(2, 4, 3), (2, 1, 3), (2, 1, 3)], "ids_below": 4,
                         "ids_inputs": [1]},
    "scatter_elements_add": {"attrs": {"dim": -1, "reduction": "add"},
                             "inputs": [(2, 3, 4), (2, 3, 6), (2, 3, 6)], "ids_below": 4,
                             "ids_inputs": [1]},
}


def forward(attrs, params, x, ids, updates):
    write = torch.scatter_add if attrs.get("reduction") == "add" else torch.scatter
    return write(x, attrs.get("dim", 1), ids.long(), updates)
