"""CosineSimilarity against torch.nn.functional.cosine_similarity, whose gradient is another where eps
is the norm: there against norms that are clamped."""

from torch.nn.functional import cosine_similarity

KIND = "CosineSimilarity"
CASES = {
    "cosine_similarity": {"attrs": {}, "inputs": [(3, 13), (3, 13)]},
    "cosine_similarity_of_channels": {"attrs": {}, "inputs": [(2, 3, 4, 2), (2, 3, 4, 2)]},
    "cosine_similarity_of_the_last_extent": {"attrs": {"dim": -1}, "inputs": [(2, 3, 9), (2, 3, 9)]},
    "cosine_similarity_of_short_rows": {"attrs": {"eps": 3.0}, "inputs": [(4, 9), (4, 9)]},
}


def forward(attrs, params, a, b):
    if "eps" in attrs:
        least = attrs["eps"]
        return (a * b).sum(1) / (a.norm(dim=1).clamp_min(least) * b.norm(dim=1).clamp_min(least))
    return cosine_similarity(a, b, **attrs)
