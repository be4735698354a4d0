"""GaussianNLL against torch.nn.functional.gaussian_nll_loss."""

from torch.nn.functional import gaussian_nll_loss

KIND = "GaussianNLL"
CASES = {

    "gaussian_nll": {"attrs": {}, "outputs": [(2, 3), (2, 3)],
                     "labels": [[0.5, -1.25, 2.0], [0.0, 1.0, -0.75]]},
    "gaussian_nll_full": {"attrs": {"full": True, "reduction": "sum"}, "outputs": [(2, 3), (2, 3)],
                          "labels": [[0.5, -1.25, 2.0], [0.0, 1.0, -0.75]], "normaliser": 2},
}


def loss(attrs, mean, log_variance, labels):
    by_row = attrs.get("reduction") == "sum"
    value = gaussian_nll_loss(mean, labels, log_variance.exp(), full=attrs.get("full", False),
                              eps=1e-30, reduction="sum" if by_row else "mean")
    return value / len(mean) if by_row else value
