"""InstanceNorm against torch.nn.functional.instance_norm."""

from torch.nn.functional import instance_norm

KIND = "InstanceNorm"
CASES = {
    "instance_norm_images": {"attrs": {"num_features": 3}, "inputs": [(2, 3, 4, 5)]},
    "instance_norm_sequences": {
        "attrs": {"num_features": 4, "eps": 0.01, "affine": True},
        "inputs": [(2, 4, 7)],
        "params": {"weight": (4,), "bias": (4,)},
    },
    "instance_norm_volumes": {"attrs": {"num_features": 2}, "inputs": [(2, 2, 3, 2, 4)]},
}


def forward(attrs, params, x):
    return instance_norm(x, weight=params.get("weight"), bias=params.get("bias"),
                         eps=attrs.get("eps", 1e-5))
