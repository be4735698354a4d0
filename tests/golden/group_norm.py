"""GroupNorm against torch.nn.functional.group_norm."""

from torch.nn.functional import group_norm

KIND = "GroupNorm"
AFFINE = {"weight": (6,), "bias": (6,)}
CASES = {
    "group_norm_images": {"attrs": {"num_groups": 3, "num_channels": 6},
                          "inputs": [(2, 6, 3, 4)], "params": AFFINE},
    "group_norm_rows": {"attrs": {"num_groups": 2, "num_channels": 6, "eps": 0.01},
                        "inputs": [(3, 6)], "params": AFFINE},
    "group_norm_sequences": {"attrs": {"num_groups": 1, "num_channels": 4, "affine": False},
                             "inputs": [(2, 4, 9)]},
}


def forward(attrs, params, x):
    return group_norm(x, attrs["num_groups"], params.get("weight"), params.get("bias"),
                      attrs.get("eps", 1e-5))
