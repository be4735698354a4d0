"""RecurrentDecoder against torch's cells, fed with what they gave out."""

import torch

KIND = "RecurrentDecoder"
KINDS = {"lstm": (torch.nn.LSTMCell, 4), "gru": (torch.nn.GRUCell, 3), "rnn": (torch.nn.RNNCell, 1)}


def case(cell, bias=True):
    rows = 4 * KINDS[cell][1]
    params = {"weight_ih": (rows, 4), "weight_hh": (rows, 4)}
    if bias:
        params.update({"bias_ih": (rows,), "bias_hh": (rows,)})
    attrs = {"hidden_size": 4, "steps": 3, "cell": cell, "bias": bias}
    return {"attrs": attrs, "inputs": [(3, 4)], "params": params}


CASES = {
    "recurrent_decoder_lstm": case("lstm"),
    "recurrent_decoder_gru": case("gru"),
    "recurrent_decoder_rnn": case("rnn", bias=False),
}


def forward(attrs, params, x):
    cell = KINDS[attrs["cell"]][0](4, 4, bias=attrs["bias"], dtype=x.dtype)
    state, steps = None, []
    for _ in range(attrs["steps"]):
        state = torch.func.functional_call(cell, params, (x, state))
        x = state[0] if attrs["cell"] == "lstm" else state
        steps.append(x)
    return torch.stack(steps, 1)
