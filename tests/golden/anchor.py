"""Anchor against sums of all shifts and all first anchors."""

import torch

KIND = "Anchor"
CASES = {
    "anchor": {"attrs": {}, "inputs": [(2, 3, 2, 3)], "modes": ["inference"]},
    "anchor_corners": {
        "attrs": {"ratios": [0.5, 1.0, 2.0], "scales": [1.0], "base_size": 32, "stride": 4,
                  "inclusive": False},
        "inputs": [(1, 2, 3, 2)], "modes": ["inference"]},
}


def first_anchors(attrs):
    """(ratios x scales, 4)"""
    ratios = torch.tensor(attrs.get("ratios", [0.5, 1.0, 2.0]), dtype=torch.float64)
    scales = torch.tensor(attrs.get("scales", [8.0, 16.0, 32.0]), dtype=torch.float64)
    base = attrs.get("base_size", 16)
    if attrs.get("inclusive", True):
        widths = (base * base / ratios).sqrt().round()
        sides = torch.stack([widths, (widths * ratios).round()], 1)
        middle = (base - 1) / 2
        halves = (sides[:, None] * scales[:, None] - 1).flatten(0, 1) / 2
        return torch.cat([middle - halves, middle + halves], 1)
    sides = base * torch.stack([ratios ** -0.5, ratios ** 0.5], 1)
    halves = (sides[:, None] * scales[:, None]).flatten(0, 1) / 2
    return torch.cat([-halves, halves], 1).round()


def anchors(attrs, height, width):
    """(height x width x ratios x scales, 4)"""
    y, x = (attrs.get("stride", 16) * torch.arange(n) for n in (height, width))
    shifts = torch.stack(torch.meshgrid(x, y, indexing="xy"), 2).flatten(0, 1)
    return (shifts.repeat(1, 2)[:, None] + first_anchors(attrs)).flatten(0, 1)


def forward(attrs, params, features):
    return anchors(attrs, *features.shape[2:]).expand(features.shape[0], -1, -1)
