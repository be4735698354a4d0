"""MatMul against torch.matmul."""

import torch

KIND = "MatMul"
CASES = {
    "mat_mul": {"attrs": {}, "inputs": [(3, 4, 5), (3, 5, 2)]},
    "mat_mul_of_heads": {"attrs": {}, "inputs": [(2, 3, 4, 5), (2, 3, 5, 2)]},
    "mat_mul_transposed": {
        "attrs": {"transpose_a": True, "transpose_b": True},
        "inputs": [(2, 3, 5, 4), (2, 3, 2, 5)],
    },
    "mat_mul_first_transposed": {"attrs": {"transpose_a": True}, "inputs": [(3, 5, 4), (3, 5, 2)]},
    "mat_mul_second_transposed": {"attrs": {"transpose_b": True}, "inputs": [(3, 4, 5), (3, 2, 5)]},
    "mat_mul_with_a_vector": {"attrs": {}, "inputs": [(3, 4, 5), (3, 5)]},
    "mat_mul_transposed_with_a_vector": {
        "attrs": {"transpose_a": True, "transpose_b": True},
        "inputs": [(3, 5, 4), (3, 5)],
    },
    "mat_mul_of_a_vector": {"attrs": {}, "inputs": [(3, 5), (3, 5, 2)]},
}


def forward(attrs, params, a, b):
    if attrs.get("transpose_a") and a.dim() > 2:
        a = a.transpose(-1, -2)
    if attrs.get("transpose_b") and b.dim() > 2:
        b = b.transpose(-1, -2)
    return torch.vmap(torch.matmul)(a, b)
