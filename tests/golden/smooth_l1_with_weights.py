"""SmoothL1WithWeights against smooth_l1_loss of weighted differences."""

from torch.nn.functional import smooth_l1_loss

KIND = "SmoothL1WithWeights"
CASES = {

    "smooth_l1_with_weights": {
        "attrs": {}, "output": (2, 4), "normaliser": 2,
        "labels": [[[0.5, -1.25, 2.0, 0.0], [1.0, 1.0, 0.0, 0.5], [1.0, 0.25, 1.0, 2.0]],
                   [[1.5, 0.25, -0.75, 3.0], [0.0, 1.0, 1.0, 2.0], [1.0, 1.0, 0.5, 0.0]]]},
    "smooth_l1_with_weights_sigma": {
        "attrs": {"sigma": 2.0}, "output": (2, 2),
        "labels": [[[0.5, -1.25], [1.0, 1.0], [1.0, 0.25]], [[0.1, 0.25], [0.5, 1.0], [1.0, 1.0]]]},
}


def loss(attrs, output, labels):
    wanted, inner, outer = labels.unbind(1)
    terms = smooth_l1_loss(inner * output, inner * wanted, reduction="none",
                           beta=1 / attrs.get("sigma", 1.0) ** 2)
    return (outer * terms).sum() / len(output)
