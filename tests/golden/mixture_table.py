"""MixtureTable against torch.einsum."""

import torch

KIND = "MixtureTable"
CASES = {
    "mixture_table": {"attrs": {}, "inputs": [(3, 2), (3, 5), (3, 5)]},
    "mixture_table_of_images": {
        "attrs": {},
        "inputs": [(2, 3), (2, 4, 3, 2), (2, 4, 3, 2), (2, 4, 3, 2)],
    },
    "mixture_table_of_one_tensor": {"attrs": {}, "inputs": [(3, 4), (3, 4, 2, 5)]},
}


def forward(attrs, params, gates, *experts):
    together = experts[0] if len(experts) == 1 else torch.stack(experts, 1)
    return torch.einsum("ne,ne...->n...", gates, together)
