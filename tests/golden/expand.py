"""Expand against torch.Tensor.expand."""

KIND = "Expand"
CASES = {
    "expand": {"attrs": {"shape": [3, -1, 5]}, "inputs": [(2, 1, 4, 1)]},
    "expand_new": {"attrs": {"shape": [2, 3, 4]}, "inputs": [(2, 3, 1)]},
    "expand_image": {"attrs": {"shape": [3, 4, 5]}, "inputs": [(2, 3, 1, 1)]},
}


def forward(attrs, params, x):
    new = len(attrs["shape"]) + 1 - x.dim()
    return x.reshape(x.shape[0], *[1] * new, *x.shape[1:]).expand(-1, *attrs["shape"])
