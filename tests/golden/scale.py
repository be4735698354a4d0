"""Scale against tensors with broadcasting."""

KIND = "Scale"
CASES = {
    "scale_of_rows": {
        "attrs": {"shape": [7]},
        "inputs": [(4, 7)],
        "params": {"weight": (7,), "bias": (7,)},
    },
    "scale_of_channels": {
        "attrs": {"shape": [3, 1, 1]},
        "inputs": [(2, 3, 4, 2)],
        "params": {"weight": (3, 1, 1), "bias": (3, 1, 1)},
    },
    "scale_of_steps": {
        "attrs": {"shape": [5]},
        "inputs": [(3, 4, 5)],
        "params": {"weight": (5,), "bias": (5,)},
    },
    "scale_of_columns": {
        "attrs": {"shape": [1, 5]},
        "inputs": [(3, 4, 5)],
        "params": {"weight": (1, 5), "bias": (1, 5)},
    },
    "scale_of_one_number": {
        "attrs": {"shape": [1]},
        "inputs": [(3, 4, 5)],
        "params": {"weight": (1,), "bias": (1,)},
    },
}


def forward(attrs, params, x):
    return x * params["weight"] + params["bias"]
