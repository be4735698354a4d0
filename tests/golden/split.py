"""Split against torch.split, torch.tensor_split and torch.unbind."""

import torch

KIND = "Split"
CASES = {
    "split_sizes": {"attrs": {"sizes": [1, 3, 2]}, "inputs": [(2, 6, 3)]},
    "split_sections": {"attrs": {"dim": -1, "sections": 3}, "inputs": [(2, 2, 3, 7)]},
    "split_places": {"attrs": {"dim": 2}, "inputs": [(2, 3, 4)]},
    "split_unbound": {"attrs": {"dim": 2, "keepdim": False}, "inputs": [(2, 3, 4)]},
}


def forward(attrs, params, x):
    dim = attrs.get("dim", 1)
    if not attrs.get("keepdim", True):
        return torch.unbind(x, dim)
    if "sizes" in attrs:
        return torch.split(x, attrs["sizes"], dim)
    return torch.tensor_split(x, attrs.get("sections", x.shape[dim]), dim)
