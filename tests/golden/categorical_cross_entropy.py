"""CategoricalCrossEntropy against cross_entropy of probabilities."""

from torch.nn.functional import cross_entropy

KIND = "CategoricalCrossEntropy"
CASES = {

    "categorical_cross_entropy": {"attrs": {}, "output": (2, 3), "squash": True,
                                  "labels": [[0, 1, 0], [1, 0, 0]], "normaliser": 2},
    "categorical_cross_entropy_shares": {
        "attrs": {"label_smoothing": 0.1}, "output": (2, 2, 3), "squash": True,
        "labels": [[[0.2, 0.5, 0.3], [1.0, 0.0, 0.0]], [[0.0, 0.0, 1.0], [0.6, 0.0, 0.4]]]},
    "categorical_cross_entropy_scores": {
        "attrs": {"from_logits": True, "label_smoothing": 0.2}, "output": (2, 3),
        "labels": [[0.2, 0.5, 0.3], [1.0, 0.0, 0.0]]},
}


def loss(attrs, output, labels):
    classes = output.shape[-1]
    # The softmax of logs is the division by the sum.
    scores = output if attrs.get("from_logits") else output.log()
    return cross_entropy(scores.reshape(-1, classes), labels.reshape(-1, classes).to(output.dtype),
                         label_smoothing=attrs.get("label_smoothing", 0.0))
