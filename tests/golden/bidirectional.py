"""Bidirectional against torch.lstm and torch.gru in both directions."""

import torch

KIND = "Bidirectional"
LSTM = '{"kind": "LSTM", "input_size": 3, "hidden_size": 2}'
GRU = '{"kind": "GRU", "input_size": 3, "hidden_size": 2, "return_sequences": false}'


def weights(gates):
    return {f"{way}.{name}": shape for way in ("forward", "backward")
            for name, shape in (("weight_ih", (gates * 2, 3)), ("weight_hh", (gates * 2, 2)),
                                ("bias_ih", (gates * 2,)), ("bias_hh", (gates * 2,)))}


CASES = {
    "bidirectional_lstm": {"attrs": {"layer": LSTM}, "inputs": [(2, 4, 3)], "params": weights(4)},
    "bidirectional_lstm_sum": {"attrs": {"layer": LSTM, "merge": "sum"}, "inputs": [(2, 4, 3)],
                               "params": weights(4)},
    "bidirectional_gru_max": {"attrs": {"layer": GRU, "merge": "max"}, "inputs": [(2, 4, 3)],
                              "params": weights(3)},
}
MERGE = {"concat": lambda ways: torch.cat(ways, -1), "sum": sum, "mul": lambda ways: ways[0] * ways[1],
         "average": lambda ways: sum(ways) / 2, "max": lambda ways: torch.maximum(*ways)}


def forward(attrs, params, x):
    lstm = "LSTM" in attrs["layer"]
    zeros = x.new_zeros(1, x.shape[0], 2)
    ways = []
    for way in ("forward", "backward"):
        own = [params[f"{way}.{name}"] for name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")]
        steps = x.flip(1) if way == "backward" else x
        run = torch.lstm if lstm else torch.gru
        result = run(steps, (zeros, zeros) if lstm else zeros, own, True, 1, 0.0, False, False, True)[0]
        if lstm:
            ways.append(result.flip(1) if way == "backward" else result)
        else:
            ways.append(result[:, -1])
    return MERGE[attrs.get("merge", "concat")](ways)
