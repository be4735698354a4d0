"""DotProductLoss against torch.einsum."""

from torch import einsum

KIND = "DotProductLoss"
CASES = {
    "dot_product_loss": {
        "attrs": {}, "output": (3, 4),
        "labels": [[0.5, -1.25, 2.0, 0.0], [1.5, 0.25, -0.75, 3.0], [-2.0, 0.1, 0.9, 0.4]]},
    "dot_product_loss_mean": {
        "attrs": {"reduction": "mean"}, "output": (3, 4),
        "labels": [[0.5, -1.25, 2.0, 0.0], [1.5, 0.25, -0.75, 3.0], [-2.0, 0.1, 0.9, 0.4]]},
}


def loss(attrs, output, labels):
    total = einsum("ij,ij->", output, labels)
    return total / (labels.numel() if attrs.get("reduction") == "mean" else len(labels))
