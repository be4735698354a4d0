"""ChannelL2Norm against torch.nn.functional.normalize times a factor per channel."""

from torch.nn.functional import normalize

KIND = "ChannelL2Norm"
CASES = {
    "channel_l2_norm": {
        "attrs": {"num_features": 5},
        "inputs": [(2, 5, 3, 2)],
        "params": {"weight": (5,)},
    },
    "channel_l2_norm_rows": {
        "attrs": {"num_features": 6, "scale": 10.0},
        "inputs": [(3, 6)],
        "params": {"weight": (6,)},
    },
    # All norms are below eps but a few.
    "channel_l2_norm_eps": {
        "attrs": {"num_features": 6, "eps": 2.5},
        "inputs": [(3, 6)],
        "params": {"weight": (6,)},
    },
}


def forward(attrs, params, x):
    return params["weight"].reshape(-1, *[1] * (x.dim() - 2)) * normalize(x, eps=attrs.get("eps", 1e-12))
