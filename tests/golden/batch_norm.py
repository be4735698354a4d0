"""BatchNorm against torch.nn.functional.batch_norm, which also updates the running statistics."""

from torch.nn.functional import batch_norm

KIND = "BatchNorm"
CASES = {
    "batch_norm_images": {
        "attrs": {"num_features": 3, "momentum": 0.2},
        "inputs": [(4, 3, 3, 2)],
        "params": {"weight": (3,), "bias": (3,)},
        "state": {"running_mean": (3,), "running_var": (3,)},
    },
    "batch_norm_rows": {
        "attrs": {"num_features": 5, "eps": 0.01},
        "inputs": [(6, 5)],
        "params": {"weight": (5,), "bias": (5,)},
        "state": {"running_mean": (5,), "running_var": (5,)},
    },
    "batch_norm_sequences": {
        "attrs": {"num_features": 3},
        "inputs": [(3, 3, 7)],
        "params": {"weight": (3,), "bias": (3,)},
        "state": {"running_mean": (3,), "running_var": (3,)},
    },
    # Channels that fill a vector.
    "batch_norm_volumes": {
        "attrs": {"num_features": 16},
        "inputs": [(2, 16, 3, 2, 2)],
        "params": {"weight": (16,), "bias": (16,)},
        "state": {"running_mean": (16,), "running_var": (16,)},
    },
}


def forward(attrs, params, x, training):
    return batch_norm(x, params["running_mean"], params["running_var"], params["weight"],
                      params["bias"], training, attrs.get("momentum", 0.1), attrs.get("eps", 1e-5))
