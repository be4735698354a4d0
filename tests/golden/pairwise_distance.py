"""PairwiseDistance against torch.nn.functional.pairwise_distance."""

from torch.nn.functional import pairwise_distance

KIND = "PairwiseDistance"
CASES = {
    "pairwise_distance": {"attrs": {}, "inputs": [(3, 13), (3, 13)]},
    "pairwise_distance_of_steps": {"attrs": {"keepdim": True}, "inputs": [(3, 4, 5), (3, 4, 5)]},
    "pairwise_distance_of_norm_1": {"attrs": {"p": 1.0}, "inputs": [(3, 13), (3, 13)]},
    "pairwise_distance_of_norm_3": {"attrs": {"p": 3.0, "eps": 0.1}, "inputs": [(3, 13), (3, 13)]},
}


def forward(attrs, params, a, b):
    return pairwise_distance(a, b, **attrs)
