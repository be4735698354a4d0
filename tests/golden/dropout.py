"""Dropout against torch.nn.functional.dropout where it is not random: with p = 0, and in inference.

The masks themselves are functions of (seed, step, sample, layer); tests of our own cover them.
"""

from torch.nn.functional import dropout

KIND = "Dropout"
CASES = {
    "dropout_none": {"attrs": {"p": 0.0}, "inputs": [(3, 7)]},
    "dropout_inference": {"attrs": {"p": 0.4}, "inputs": [(3, 7)], "modes": ["inference"]},
}


def forward(attrs, params, x, training):
    return dropout(x, attrs["p"], training)
