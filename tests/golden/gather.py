"""Gather against torch.index_select, and against torch.gather along the extent."""

import torch

KIND = "Gather"
CASES = {
    "gather": {"attrs": {}, "inputs": [(3, 4, 2), (3, 5)], "ids_below": 4, "ids_inputs": [1]},
    "gather_numbers": {"attrs": {"dim": -1}, "inputs": [(3, 2, 4), (3, 6)], "ids_below": 4,
                       "ids_inputs": [1]},
    "gather_matrix": {"attrs": {"dim": 2}, "inputs": [(2, 3, 4, 2), (2, 2, 3)], "ids_below": 4,
                      "ids_inputs": [1]},
    "gather_fixed": {"attrs": {"dim": 2, "index": [3, 0, -1, 0]}, "inputs": [(2, 3, 4, 2)]},
}


def forward(attrs, params, x, ids=None):
    dim = attrs.get("dim", 1) % x.dim()
    if ids is None:
        places = torch.tensor(attrs["index"]) % x.shape[dim]
        return torch.index_select(x, dim, places)
    rows = [torch.index_select(row, dim - 1, places.reshape(-1).long())
            for row, places in zip(x, ids)]
    return torch.stack(rows).reshape(*x.shape[:dim], *ids.shape[1:], *x.shape[dim + 1:])
