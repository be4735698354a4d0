"""AdditiveAttention as einsums of its terms."""

import torch

KIND = "AdditiveAttention"
SHAPES = {"query_weight": (5, 3), "key_weight": (5, 4), "score_weight": (5,)}
SIZES = {"query_dim": 3, "key_dim": 4, "hidden_dim": 5}
CASES = {
    "additive_attention": {"attrs": SIZES, "inputs": [(2, 3), (2, 6, 4)],
                           "params": {**SHAPES, "bias": (5,)}},
    "additive_attention_without_bias": {"attrs": {**SIZES, "bias": False},
                                        "inputs": [(3, 3), (3, 2, 4)], "params": SHAPES},
}


def forward(attrs, params, query, keys):
    hidden = torch.einsum("nd,hd->nh", query, params["query_weight"])[:, None]
    hidden = hidden + torch.einsum("ntd,hd->nth", keys, params["key_weight"])
    hidden = torch.tanh(hidden + params.get("bias", 0))
    shares = torch.softmax(torch.einsum("nth,h->nt", hidden, params["score_weight"]), 1)
    return torch.einsum("nt,ntd->nd", shares, keys)
