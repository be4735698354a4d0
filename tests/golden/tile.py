"""Tile against torch.tile."""

import torch

KIND = "Tile"
CASES = {
    "tile": {"attrs": {"repeats": [2, 1, 3]}, "inputs": [(2, 3, 2, 2)]},
    "tile_rows": {"attrs": {"repeats": [3]}, "inputs": [(2, 4)]},
    "tile_same": {"attrs": {"repeats": [1, 1]}, "inputs": [(2, 3, 4)]},
}


def forward(attrs, params, x):
    return torch.tile(x, [1, *attrs["repeats"]])
