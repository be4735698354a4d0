"""Dice: what two soft sets have in common."""

from torch import einsum

KIND = "Dice"
CASES = {

    "dice": {"attrs": {}, "output": (2, 4), "squash": True, "labels": [[1, 0, 1, 1], [0, 0, 1, 0]]},
    "dice_maps": {"attrs": {"eps": 0.1}, "output": (2, 1, 2, 2), "squash": True,
                  "labels": [[[[1, 0], [1, 1]]], [[[0, 0], [1, 0]]]]},
}


def loss(attrs, output, labels):
    eps = attrs.get("eps", 1.0)
    x, y = output.flatten(1), labels.flatten(1).to(output.dtype)
    common = einsum("ij,ij->i", x, y)
    return 1 - ((2 * common + eps) / (x.sum(1) + y.sum(1) + eps)).mean()
