"""AlphaDropout against torch's alpha_dropout where it is not random: with p = 0, and in inference."""

from torch.nn.functional import alpha_dropout

KIND = "AlphaDropout"
CASES = {
    "alpha_dropout_none": {"attrs": {"p": 0.0}, "inputs": [(3, 7)]},
    "alpha_dropout_inference": {"attrs": {"p": 0.4}, "inputs": [(3, 7)], "modes": ["inference"]},
}


def forward(attrs, params, x, training):
    return alpha_dropout(x, attrs["p"], training)
