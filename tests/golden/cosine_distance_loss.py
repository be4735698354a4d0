"""CosineDistanceLoss against torch.nn.functional.cosine_similarity."""

from torch.nn.functional import cosine_similarity

KIND = "CosineDistanceLoss"
CASES = {
    "cosine_distance_loss": {
        "attrs": {}, "output": (3, 4), "normaliser": 3,
        "labels": [[0.5, -1.25, 2.0, 0.0], [1.5, 0.25, -0.75, 3.0], [-2.0, 0.1, 0.9, 0.4]]},
    "cosine_distance_loss_steps": {
        "attrs": {"reduction": "sum"}, "output": (1, 2, 3), "normaliser": 1,
        "labels": [[[0.5, -1.25, 2.0], [0.0, 1.0, -0.75]]]},
}


def loss(attrs, output, labels):
    distances = 1 - cosine_similarity(output, labels, dim=-1)
    return distances.sum() / len(output) if attrs.get("reduction") == "sum" else distances.mean()
