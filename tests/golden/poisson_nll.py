"""PoissonNLL against torch.nn.functional.poisson_nll_loss."""

from torch.nn.functional import poisson_nll_loss

KIND = "PoissonNLL"
CASES = {
    "poisson_nll": {
        "attrs": {}, "output": (3, 4),
        "labels": [[0, 1, 2, 5], [1, 0, 3, 3], [2, 7, 0, 4]]},
    "poisson_nll_rate": {
        "attrs": {"log_input": False, "eps": 1e-07}, "output": (3, 4), "squash": True,
        "labels": [[0, 1, 2, 5], [1, 0, 3, 3], [2, 7, 0, 4]]},
    "poisson_nll_full": {
        "attrs": {"full": True, "reduction": "sum"}, "output": (3, 4),
        "labels": [[0, 1, 2, 5], [1, 0, 3, 3], [2, 7, 0, 4]]},
}


def reduced(attrs, terms):
    """The mean over all numbers, or over rows of their sums."""
    return terms.sum() / len(terms) if attrs.get("reduction") == "sum" else terms.mean()


def loss(attrs, output, labels):
    return reduced(attrs, poisson_nll_loss(output, labels.to(output.dtype), reduction="none",
                                           log_input=attrs.get("log_input", True),
                                           full=attrs.get("full", False),
                                           eps=attrs.get("eps", 1e-8)))
