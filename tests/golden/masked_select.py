"""MaskedSelect against torch.masked_select of each row, filled up."""

import torch

KIND = "MaskedSelect"
CASES = {
    "masked_select": {"attrs": {}, "inputs": [(3, 6), (3, 6)], "ids_below": 2,
                      "ids_inputs": [1]},
    "masked_select_filled": {"attrs": {"value": -2.0}, "inputs": [(2, 3, 2), (2, 3, 2)],
                             "ids_below": 2, "ids_inputs": [1]},
}


def forward(attrs, params, x, mask):
    some = [torch.masked_select(row, chosen != 0) for row, chosen in zip(x, mask)]
    width = x[0].numel()
    rows = [torch.cat([row, torch.full((width - len(row),), attrs.get("value", 0.0))])
            for row in some]
    return torch.stack(rows), torch.tensor([len(row) for row in some])
