"""ChannelDropout against torch's dropout1d and dropout2d where it is not random: with p = 0, and in
inference.

The masks themselves are functions of (seed, step, sample, layer); tests of our own cover them.
"""

from torch.nn.functional import dropout1d, dropout2d

KIND = "ChannelDropout"
CASES = {
    "channel_dropout_none": {"attrs": {"p": 0.0}, "inputs": [(2, 3, 4, 2)]},
    "channel_dropout_inference": {"attrs": {"p": 0.4}, "inputs": [(2, 3, 4, 2)],
                                  "modes": ["inference"]},
    "channel_dropout_steps": {"attrs": {"p": 0.0, "dim": -1}, "inputs": [(2, 3, 4)]},
}


def forward(attrs, params, x, training):
    dropout = dropout2d if x.dim() == 4 else dropout1d
    return dropout(x, attrs["p"], training)
