"""LSTM against torch.nn.LSTM, one layer in one direction; with peepholes against its equations."""

import torch
from torch.nn.functional import linear

KIND = "LSTM"
SHAPES = {"weight_ih": (20, 3), "weight_hh": (20, 5), "bias_ih": (20,), "bias_hh": (20,)}
WEIGHTS = {name: SHAPES[name] for name in ("weight_ih", "weight_hh")}
SIZES = {"input_size": 3, "hidden_size": 5}
CASES = {
    "lstm": {"attrs": SIZES, "inputs": [(2, 4, 3)], "params": SHAPES},
    "lstm_last": {"attrs": {**SIZES, "return_sequences": False}, "inputs": [(3, 4, 3)],
                  "params": SHAPES},
    "lstm_reverse": {"attrs": {**SIZES, "reverse": True, "bias": False}, "inputs": [(2, 4, 3)],
                     "params": WEIGHTS},
    "lstm_reverse_last": {"attrs": {**SIZES, "reverse": True, "return_sequences": False},
                          "inputs": [(2, 4, 3)], "params": SHAPES},
    "lstm_peepholes": {"attrs": {**SIZES, "peepholes": True}, "inputs": [(2, 4, 3)],
                       "params": {**SHAPES, "weight_peephole": (3, 5)}},
    "lstm_peepholes_reverse_last": {
        "attrs": {**SIZES, "peepholes": True, "bias": False, "reverse": True,
                  "return_sequences": False},
        "inputs": [(2, 3, 3)],
        "params": {**WEIGHTS, "weight_peephole": (3, 5)},
    },
}


def with_peepholes(params, x):
    p_i, p_f, p_o = params["weight_peephole"]
    h = c = torch.zeros(x.shape[0], 5, dtype=x.dtype)
    steps = []
    for step in x.unbind(1):
        sums = (linear(step, params["weight_ih"], params.get("bias_ih"))
                + linear(h, params["weight_hh"], params.get("bias_hh")))
        i, f, g, o = sums.chunk(4, 1)
        c_new = torch.sigmoid(f + p_f * c) * c + torch.sigmoid(i + p_i * c) * torch.tanh(g)
        h = torch.sigmoid(o + p_o * c_new) * torch.tanh(c_new)
        c = c_new
        steps.append(h)
    return torch.stack(steps, 1)


def forward(attrs, params, x):
    net = torch.nn.LSTM(3, 5, bias="bias_ih" in params, batch_first=True, dtype=x.dtype)
    named = {f"{name}_l0": value for name, value in params.items()}
    reverse = attrs.get("reverse", False)
    x = x.flip(1) if reverse else x
    if attrs.get("peepholes", False):
        y = with_peepholes(params, x)
    else:
        y, _ = torch.func.functional_call(net, named, (x,))
    if not attrs.get("return_sequences", True):
        return y[:, -1]
    return y.flip(1) if reverse else y
