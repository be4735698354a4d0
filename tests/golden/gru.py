"""GRU against torch.nn.GRU, one layer in one direction; resetting before against its equations."""

import torch
from torch.nn.functional import linear

KIND = "GRU"
SHAPES = {"weight_ih": (15, 3), "weight_hh": (15, 5), "bias_ih": (15,), "bias_hh": (15,)}
WEIGHTS = {name: SHAPES[name] for name in ("weight_ih", "weight_hh")}
SIZES = {"input_size": 3, "hidden_size": 5}
CASES = {
    "gru": {"attrs": SIZES, "inputs": [(2, 4, 3)], "params": SHAPES},
    "gru_last": {"attrs": {**SIZES, "return_sequences": False}, "inputs": [(3, 4, 3)],
                  "params": SHAPES},
    "gru_reverse": {"attrs": {**SIZES, "reverse": True, "bias": False}, "inputs": [(2, 4, 3)],
                     "params": WEIGHTS},
    "gru_reverse_last": {"attrs": {**SIZES, "reverse": True, "return_sequences": False},
                          "inputs": [(2, 4, 3)], "params": SHAPES},
    "gru_reset_before": {"attrs": {**SIZES, "reset_after": False}, "inputs": [(2, 4, 3)],
                         "params": SHAPES},
    "gru_reset_before_reverse": {
        "attrs": {**SIZES, "reset_after": False, "bias": False, "reverse": True},
        "inputs": [(2, 4, 3)],
        "params": WEIGHTS,
    },
    "gru_reset_before_last": {
        "attrs": {**SIZES, "reset_after": False, "return_sequences": False},
        "inputs": [(3, 3, 3)],
        "params": SHAPES,
    },
}


def reset_before(params, x):
    h = torch.zeros(x.shape[0], 5, dtype=x.dtype)
    w_r, w_z, w_n = params["weight_hh"].chunk(3)
    b_r, b_z, b_n = params.get("bias_hh", torch.zeros(15, dtype=x.dtype)).chunk(3)
    steps = []
    for step in x.unbind(1):
        r, z, n = linear(step, params["weight_ih"], params.get("bias_ih")).chunk(3, 1)
        r, z = torch.sigmoid(r + linear(h, w_r, b_r)), torch.sigmoid(z + linear(h, w_z, b_z))
        n = torch.tanh(n + linear(r * h, w_n, b_n))
        h = (1 - z) * n + z * h
        steps.append(h)
    return torch.stack(steps, 1)


def forward(attrs, params, x):
    net = torch.nn.GRU(3, 5, bias="bias_ih" in params, batch_first=True, dtype=x.dtype)
    named = {f"{name}_l0": value for name, value in params.items()}
    reverse = attrs.get("reverse", False)
    x = x.flip(1) if reverse else x
    if attrs.get("reset_after", True):
        y, _ = torch.func.functional_call(net, named, (x,))
    else:
        y = reset_before(params, x)
    if not attrs.get("return_sequences", True):
        return y[:, -1]
    return y.flip(1) if reverse else y
