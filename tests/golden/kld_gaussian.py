"""KLDGaussian against torch.distributions.kl_divergence."""

from torch.distributions import Normal, kl_divergence

KIND = "KLDGaussian"
CASES = {

    "kld_gaussian": {"attrs": {}, "outputs": [(2, 3), (2, 3)], "labels": [0, 0], "normaliser": 2},
    "kld_gaussian_mean": {"attrs": {"reduction": "mean"}, "outputs": [(2, 3), (2, 3)],
                          "labels": [0, 0], "normaliser": 6},
}


def loss(attrs, mean, log_variance, labels):
    divergence = kl_divergence(Normal(mean, (log_variance / 2).exp()),
                               Normal(mean.new_zeros(()), mean.new_ones(())))
    by_row = attrs.get("reduction", "sum") == "sum"
    return divergence.sum() / len(mean) if by_row else divergence.mean()
