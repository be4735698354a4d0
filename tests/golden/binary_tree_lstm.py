"""BinaryTreeLSTM against its equations in torch, node by node. A child is one of the nodes before."""

import torch

KIND = "BinaryTreeLSTM"


def case(gates, leaf_gates, nodes, **more):
    return {
        "attrs": {"input_size": 3, "hidden_size": 4, **more},
        "inputs": [(3, nodes, 3), (3, nodes, 2)],
        "ids_below": nodes,
        "ids_inputs": [1],
        "params": {"leaf.weight": (leaf_gates * 4, 3), "leaf.bias": (leaf_gates * 4,),
                   "node.weight": (gates * 4, 8), "node.bias": (gates * 4,)},
    }


CASES = {
    "binary_tree_lstm": case(5, 2, 7),
    "binary_tree_lstm_ungated": case(4, 1, 5, gate_output=False),
}


def tree(params, gated, numbers, ids):
    zero = torch.zeros(4, dtype=numbers.dtype)
    states = []
    for t, children in enumerate(ids.long().tolist()):
        known = [states[i] if 0 <= i < t else (zero, zero) for i in children]
        if any(0 <= i < t for i in children):
            h = torch.cat([known[0][0], known[1][0]])
            sums = (params["node.weight"] @ h + params["node.bias"]).split(4)
            i, left, right = (torch.sigmoid(s) for s in sums[:3])
            c = i * torch.tanh(sums[3]) + left * known[0][1] + right * known[1][1]
        else:
            sums = (params["leaf.weight"] @ numbers[t] + params["leaf.bias"]).split(4)
            c = sums[0]
        states.append((torch.sigmoid(sums[-1]) * torch.tanh(c) if gated else torch.tanh(c), c))
    return torch.stack([h for h, _ in states])


def forward(attrs, params, x, ids):
    gated = attrs.get("gate_output", True)
    return torch.stack([tree(params, gated, *row) for row in zip(x, ids)])
