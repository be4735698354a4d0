"""MultiLabelMargin against torch.nn.functional.multilabel_margin_loss."""

from torch.nn.functional import multilabel_margin_loss

KIND = "MultiLabelMargin"
CASES = {

    "multi_label_margin": {"attrs": {}, "output": (3, 4),
                           "labels": [[3, 0, -1, 1], [2, -1, 0, 0], [-1, 0, 0, 0]]},
}


def loss(attrs, output, labels):
    return multilabel_margin_loss(output, labels)
