"""SegmentSum against a product with one-hot rows of the ids."""

import torch
from torch.nn.functional import one_hot

KIND = "SegmentSum"
CASES = {
    "segment_sum": {"attrs": {"num_segments": 4}, "inputs": [(3, 6, 2), (3, 6)], "ids_below": 4,
                    "ids_inputs": [1]},
    "segment_sum_numbers": {"attrs": {"num_segments": 3}, "inputs": [(3, 6), (3, 6)],
                            "ids_below": 3, "ids_inputs": [1]},
}


def forward(attrs, params, x, ids):
    belongs = one_hot(ids.long(), attrs["num_segments"]).to(x.dtype)
    return torch.einsum("nts,nt...->ns...", belongs, x)
