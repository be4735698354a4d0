"""MultiMargin against torch.nn.functional.multi_margin_loss."""

from torch import tensor
from torch.nn.functional import multi_margin_loss

KIND = "MultiMargin"
CASES = {

    "multi_margin": {"attrs": {}, "output": (3, 4), "labels": [3, 0, 2], "normaliser": 3},
    "multi_margin_squares": {"attrs": {"p": 2, "margin": 0.5, "weight": [0.5, 1.0, 2.0, 1.5]},
                             "output": (3, 4), "labels": [3, 0, 2]},
}


def loss(attrs, output, labels):
    weight = tensor(attrs["weight"], dtype=output.dtype) if "weight" in attrs else None
    return multi_margin_loss(output, labels, attrs.get("p", 1), attrs.get("margin", 1.0), weight)
