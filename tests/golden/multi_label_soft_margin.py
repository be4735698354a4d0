"""MultiLabelSoftMargin against torch.nn.functional.multilabel_soft_margin_loss."""

from torch import tensor
from torch.nn.functional import multilabel_soft_margin_loss

KIND = "MultiLabelSoftMargin"
CASES = {

    "multi_label_soft_margin": {"attrs": {}, "output": (2, 3), "labels": [[1, 0, 1], [0, 0, 1]]},
    "multi_label_soft_margin_weights": {"attrs": {"weight": [0.5, 1.0, 2.0]}, "output": (2, 3),
                                        "labels": [[1.0, 0.0, 1.0], [0.0, 0.0, 1.0]]},
}


def loss(attrs, output, labels):
    weight = tensor(attrs["weight"], dtype=output.dtype) if "weight" in attrs else None
    return multilabel_soft_margin_loss(output, labels.to(output.dtype), weight)
