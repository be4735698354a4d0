"""RNN against torch.nn.RNN, one layer in one direction."""

import torch

KIND = "RNN"
SHAPES = {"weight_ih": (5, 3), "weight_hh": (5, 5), "bias_ih": (5,), "bias_hh": (5,)}
WEIGHTS = {name: SHAPES[name] for name in ("weight_ih", "weight_hh")}
SIZES = {"input_size": 3, "hidden_size": 5}
CASES = {
    "rnn": {"attrs": SIZES, "inputs": [(2, 4, 3)], "params": SHAPES},
    "rnn_relu": {"attrs": {**SIZES, "nonlinearity": "relu"}, "inputs": [(2, 3, 3)],
                 "params": SHAPES},
    "rnn_last": {"attrs": {**SIZES, "return_sequences": False}, "inputs": [(3, 4, 3)],
                 "params": SHAPES},
    "rnn_reverse": {"attrs": {**SIZES, "reverse": True, "bias": False}, "inputs": [(2, 4, 3)],
                    "params": WEIGHTS},
}


def forward(attrs, params, x):
    net = torch.nn.RNN(3, 5, nonlinearity=attrs.get("nonlinearity", "tanh"),
                       bias="bias_ih" in params, batch_first=True, dtype=x.dtype)
    named = {f"{name}_l0": value for name, value in params.items()}
    reverse = attrs.get("reverse", False)
    y, _ = torch.func.functional_call(net, named, (x.flip(1) if reverse else x,))
    if not attrs.get("return_sequences", True):
        return y[:, -1]
    return y.flip(1) if reverse else y
