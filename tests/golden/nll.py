"""NLL against torch.nn.functional.nll_loss."""

from torch import tensor
from torch.nn.functional import nll_loss

KIND = "NLL"
CASES = {

    "nll": {"attrs": {}, "output": (3, 4), "labels": [3, 0, 2], "normaliser": 3},
    "nll_weights": {"attrs": {"weight": [0.5, 1.0, 2.0], "ignore_index": 1, "dim": 1},
                    "output": (2, 3, 4), "labels": [[1, 2, 0, 0], [2, 2, 1, 0]], "normaliser": 7.5},
    "nll_probabilities": {"attrs": {"log_probabilities": False}, "output": (3, 4), "squash": True,
                          "labels": [3, 0, 2]},
    "nll_sum": {"attrs": {"reduction": "sum"}, "output": (2, 3, 4), "labels": [[1, 2, 0], [2, 2, 3]],
                "normaliser": 2},
}


def loss(attrs, output, labels):
    logs = output if attrs.get("log_probabilities", True) else output.log()
    weight = tensor(attrs["weight"], dtype=output.dtype) if "weight" in attrs else None
    by_row = attrs.get("reduction") == "sum"
    value = nll_loss(logs if attrs.get("dim", -1) == 1 else logs.movedim(-1, 1), labels, weight,
                     ignore_index=attrs.get("ignore_index", -100),
                     reduction="sum" if by_row else "mean")
    return value / len(labels) if by_row else value
