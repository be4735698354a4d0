"""FeedForward against torch.nn.functional."""

from torch.nn.functional import gelu, linear, relu

KIND = "FeedForward"
PARAMS = {"linear1.weight": (4, 3), "linear1.bias": (4,), "linear2.weight": (3, 4), "linear2.bias": (3,)}
CASES = {
    "feed_forward": {"attrs": {"embed_dim": 3, "hidden_dim": 4}, "inputs": [(2, 2, 3)], "params": PARAMS},
    "feed_forward_gelu": {"attrs": {"embed_dim": 3, "hidden_dim": 4, "activation": "GELU"},
                          "inputs": [(2, 2, 3)], "params": PARAMS},
    "feed_forward_dropout": {"attrs": {"embed_dim": 3, "hidden_dim": 4, "dropout": 0.5},
                             "inputs": [(2, 2, 3)], "params": PARAMS, "modes": ["inference"]},
}


def forward(attrs, params, x):
    bend = gelu if attrs.get("activation") == "GELU" else relu
    x = bend(linear(x, params["linear1.weight"], params["linear1.bias"]))
    return linear(x, params["linear2.weight"], params["linear2.bias"])
