"""CAdd against tensors with broadcasting."""

KIND = "CAdd"
CASES = {
    "c_add_of_rows": {"attrs": {"shape": [7]}, "inputs": [(4, 7)], "params": {"bias": (7,)}},
    "c_add_of_channels": {
        "attrs": {"shape": [3, 1, 1]},
        "inputs": [(2, 3, 4, 2)],
        "params": {"bias": (3, 1, 1)},
    },
    "c_add_of_steps": {"attrs": {"shape": [5]}, "inputs": [(3, 4, 5)], "params": {"bias": (5,)}},
    "c_add_of_columns": {
        "attrs": {"shape": [1, 5]},
        "inputs": [(3, 4, 5)],
        "params": {"bias": (1, 5)},
    },
    "c_add_of_one_number": {
        "attrs": {"shape": [1]},
        "inputs": [(3, 4, 5)],
        "params": {"bias": (1,)},
    },
}


def forward(attrs, params, x):
    return x + params["bias"]
