"""ConvLSTM2d against its equations in torch, step by step."""

import torch
from torch.nn.functional import conv2d

KIND = "ConvLSTM2d"
SIZES = {"in_channels": 2, "hidden_channels": 3, "kernel_size": [3]}
SHAPES = {"weight_ih": (12, 2, 3, 3), "weight_hh": (12, 3, 3, 3), "bias": (12,)}
CASES = {
    "conv_lstm2d": {"attrs": SIZES, "inputs": [(2, 3, 2, 3, 4)], "params": SHAPES},
    "conv_lstm2d_peepholes": {
        "attrs": {**SIZES, "peepholes": True, "return_sequences": False},
        "inputs": [(2, 3, 2, 4, 3)],
        "params": {**SHAPES, "weight_peephole": (3, 3)},
    },
    "conv_lstm2d_reverse": {
        "attrs": {**SIZES, "state_kernel_size": [3, 1], "bias": False, "reverse": True},
        "inputs": [(2, 3, 2, 3, 4)],
        "params": {"weight_ih": SHAPES["weight_ih"], "weight_hh": (12, 3, 3, 1)},
    },
}


def forward(attrs, params, x):
    reverse = attrs.get("reverse", False)
    peepholes = params.get("weight_peephole", torch.zeros(3, 3, dtype=x.dtype))
    p_i, p_f, p_o = peepholes.reshape(3, 1, 3, 1, 1)
    h = c = torch.zeros(x.shape[0], 3, *x.shape[3:], dtype=x.dtype)
    steps = []
    for step in (x.flip(1) if reverse else x).unbind(1):
        sums = (conv2d(step, params["weight_ih"], params.get("bias"), padding="same")
                + conv2d(h, params["weight_hh"], padding="same"))
        i, f, g, o = sums.chunk(4, 1)
        c_new = torch.sigmoid(f + p_f * c) * c + torch.sigmoid(i + p_i * c) * torch.tanh(g)
        h = torch.sigmoid(o + p_o * c_new) * torch.tanh(c_new)
        c = c_new
        steps.append(h)
    if not attrs.get("return_sequences", True):
        return h
    return torch.stack(steps[::-1] if reverse else steps, 1)
