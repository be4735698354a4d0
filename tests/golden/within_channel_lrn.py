"""WithinChannelLRN against Caffe's definition by a pooling of the squares."""

from torch.nn.functional import avg_pool2d

KIND = "WithinChannelLRN"
CASES = {
    "within_channel_lrn": {"attrs": {}, "inputs": [(2, 3, 7, 6)]},
    "within_channel_lrn_small": {"attrs": {"size": 3, "alpha": 0.5, "beta": 1.25},
                                 "inputs": [(2, 2, 2, 5)]},
}


def forward(attrs, params, x):
    size = attrs.get("size", 5)
    base = 1 + attrs.get("alpha", 1.0) * avg_pool2d(x * x, size, 1, size // 2)
    return x * base ** -attrs.get("beta", 0.75)
