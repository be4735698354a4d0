"""Cosine against torch.nn.functional.cosine_similarity, whose gradient is another where eps is the
norm: there against norms that are clamped."""

from torch.nn.functional import cosine_similarity

KIND = "Cosine"
CASES = {
    "cosine": {
        "attrs": {"in_features": 7, "out_features": 5},
        "inputs": [(4, 7)],
        "params": {"weight": (5, 7)},
    },
    "cosine_of_short_rows": {
        "attrs": {"in_features": 9, "out_features": 3, "eps": 3.0},
        "inputs": [(2, 3, 9)],
        "params": {"weight": (3, 9)},
    },
}


def forward(attrs, params, x):
    rows = params["weight"]
    if "eps" in attrs:
        least = attrs["eps"]
        norms = x.norm(dim=-1, keepdim=True).clamp_min(least) * rows.norm(dim=-1).clamp_min(least)
        return x @ rows.T / norms
    return cosine_similarity(x.unsqueeze(-2), rows, dim=-1)
