"""GRU against torch.nn.GRU, one layer in one direction."""

import torch

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
}


def forward(attrs, params, x):
    net = torch.nn.GRU(3, 5, bias="bias_ih" in params, batch_first=True, dtype=x.dtype)
    named = {f"{name}_l0": value for name, value in params.items()}
    reverse = attrs.get("reverse", False)
    y, _ = torch.func.functional_call(net, named, (x.flip(1) if reverse else x,))
    if not attrs.get("return_sequences", True):
        return y[:, -1]
    return y.flip(1) if reverse else y
