"""CosineProximity against torch.nn.functional.normalize."""

from torch.nn.functional import normalize

KIND = "CosineProximity"
CASES = {
    "cosine_proximity": {
        "attrs": {}, "output": (3, 4), "normaliser": 12,
        "labels": [[0.5, -1.25, 2.0, 0.0], [1.5, 0.25, -0.75, 3.0], [-2.0, 0.1, 0.9, 0.4]]},
    "cosine_proximity_sum": {
        "attrs": {"reduction": "sum"}, "output": (3, 4), "normaliser": 3,
        "labels": [[0.5, -1.25, 2.0, 0.0], [1.5, 0.25, -0.75, 3.0], [-2.0, 0.1, 0.9, 0.4]]},
}


def loss(attrs, output, labels):
    products = normalize(output, dim=-1) * normalize(labels, dim=-1)
    return -products.sum() / len(output) if attrs.get("reduction") == "sum" else -products.mean()
