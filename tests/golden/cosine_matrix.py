"""CosineMatrix against torch.nn.functional.cosine_similarity of all pairs."""

from torch.nn.functional import cosine_similarity

KIND = "CosineMatrix"
CASES = {
    "cosine_matrix": {"attrs": {}, "inputs": [(2, 3, 4), (2, 5, 4)]},
    "cosine_matrix_of_one": {"attrs": {}, "inputs": [(3, 1, 2), (3, 4, 2)]},
}


def forward(attrs, params, a, b):
    return cosine_similarity(a[:, :, None], b[:, None], dim=3)
