"""GaussianSampler where it is not random: in inference, and for variances that round to nothing."""

KIND = "GaussianSampler"
CASES = {
    "gaussian_sampler_inference": {"attrs": {}, "inputs": [(3, 7), (3, 7)], "modes": ["inference"]},
    "gaussian_sampler_sure": {"attrs": {}, "inputs": [(3, 7), (3, 7)], "least": -90.0,
                              "most": -80.0},
}


def forward(attrs, params, mean, log_variance):
    return mean + 0 * log_variance
