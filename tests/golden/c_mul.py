"""CMul against tensors with broadcasting."""

KIND = "CMul"
CASES = {
    "c_mul_of_rows": {"attrs": {"shape": [7]}, "inputs": [(4, 7)], "params": {"weight": (7,)}},
    "c_mul_of_channels": {
        "attrs": {"shape": [3, 1, 1]},
        "inputs": [(2, 3, 4, 2)],
        "params": {"weight": (3, 1, 1)},
    },
    "c_mul_of_steps": {"attrs": {"shape": [5]}, "inputs": [(3, 4, 5)], "params": {"weight": (5,)}},
    "c_mul_of_columns": {
        "attrs": {"shape": [1, 5]},
        "inputs": [(3, 4, 5)],
        "params": {"weight": (1, 5)},
    },
    "c_mul_of_one_number": {
        "attrs": {"shape": [1]},
        "inputs": [(3, 4, 5)],
        "params": {"weight": (1,)},
    },
}


def forward(attrs, params, x):
    return x * params["weight"]
