"""PolicyGradient: minus the rewarded log-probability of the action taken."""

from torch.distributions import Categorical

KIND = "PolicyGradient"
CASES = {
    "policy_gradient": {"attrs": {}, "output": (3, 3), "squash": True,
                        "labels": [[0.0, 1.5, 0.0], [-0.5, 0.0, 0.0], [0.0, 0.0, 2.0]]},
    "policy_gradient_mean": {"attrs": {"reduction": "mean"}, "output": (2, 3), "squash": True,
                             "labels": [[0.0, 1.5, 0.0], [-0.5, 0.0, 0.0]], "normaliser": 6},
}


def loss(attrs, output, labels):
    action = labels.abs().argmax(1)
    # log_prob divides by the sum of the row; the loss takes the numbers as they are.
    log_prob = Categorical(probs=output).log_prob(action) + output.sum(1).log()
    total = -(labels.sum(1) * log_prob).sum()
    return total / (labels.numel() if attrs.get("reduction") == "mean" else len(labels))
