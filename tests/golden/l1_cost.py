"""L1Cost against torch.linalg.vector_norm."""

from torch.linalg import vector_norm

KIND = "L1Cost"
CASES = {

    "l1_cost": {"attrs": {}, "output": (3, 4), "labels": [0, 0, 0], "normaliser": 3},
    "l1_cost_mean": {"attrs": {"reduction": "mean"}, "output": (3, 4), "labels": [0, 0, 0],
                     "normaliser": 12},
}


def loss(attrs, output, labels):
    mean = attrs.get("reduction") == "mean"
    return vector_norm(output, ord=1) / (output.numel() if mean else len(output))
