"""Maxout against the largest of several torch.nn.functional.linear."""

from torch.nn.functional import linear

KIND = "Maxout"
CASES = {
    "maxout": {
        "attrs": {"in_features": 7, "out_features": 5, "pool": 3},
        "inputs": [(4, 7)],
        "params": {"weight": (15, 7), "bias": (15,)},
    },
    "maxout_of_steps": {
        "attrs": {"in_features": 4, "out_features": 3, "pool": 2, "bias": False},
        "inputs": [(2, 5, 4)],
        "params": {"weight": (6, 4)},
    },
}


def forward(attrs, params, x):
    z = linear(x, params["weight"], params.get("bias"))
    return z.unflatten(-1, (attrs["pool"], attrs["out_features"])).amax(-2)
