"""KLDiv against torch.nn.functional.kl_div."""

from torch.nn.functional import kl_div

KIND = "KLDiv"
CASES = {
    "kl_div": {
        "attrs": {}, "output": (3, 4),
        "labels": [[0.1, 0.4, 0.5, 0.0], [0.25, 0.25, 0.25, 0.25], [0.0, 0.9, 0.05, 0.05]]},
    "kl_div_sum": {
        "attrs": {"reduction": "sum"}, "output": (3, 4),
        "labels": [[0.1, 0.4, 0.5, 0.0], [0.25, 0.25, 0.25, 0.25], [0.0, 0.9, 0.05, 0.05]]},
    "kl_div_log_target": {
        "attrs": {"log_target": True}, "output": (3, 4),
        "labels": [[0.5, -1.25, 2.0, 0.0], [1.5, 0.25, -0.75, 3.0], [-2.0, 0.1, 0.9, 0.4]]},
}


def reduced(attrs, terms):
    """The mean over all numbers, or over rows of their sums."""
    return terms.sum() / len(terms) if attrs.get("reduction") == "sum" else terms.mean()


def loss(attrs, output, labels):
    return reduced(attrs, kl_div(output, labels, reduction="none",
                                 log_target=attrs.get("log_target", False)))
