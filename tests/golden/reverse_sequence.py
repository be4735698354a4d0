"""ReverseSequence against torch.flip of the first steps of each row."""

import torch

KIND = "ReverseSequence"
CASES = {
    "reverse_sequence": {"attrs": {}, "inputs": [(3, 4, 2), (3, 1)], "ids_below": 5,
                         "ids_inputs": [1]},
    "reverse_sequence_last": {"attrs": {"dim": -1}, "inputs": [(3, 2, 4), (3, 1)], "ids_below": 5,
                              "ids_inputs": [1]},
    "reverse_sequence_whole": {"attrs": {}, "inputs": [(2, 4, 3)]},
}


def forward(attrs, params, x, lengths=None):
    dim = attrs.get("dim", 1) % x.dim()
    rows = []
    for n, row in enumerate(x):
        extent = row.shape[dim - 1]
        length = extent if lengths is None else int(lengths[n, 0])
        first, rest = row.split([length, extent - length], dim - 1)
        rows.append(torch.cat([first.flip(dim - 1), rest], dim - 1))
    return torch.stack(rows)
