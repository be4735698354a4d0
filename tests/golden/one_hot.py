"""OneHot against torch.nn.functional.one_hot."""

from torch.nn.functional import one_hot

KIND = "OneHot"
CASES = {
    "one_hot": {
        "attrs": {"depth": 4},
        "inputs": [(2, 3)],
        "ids_below": 4,
        "modes": ["inference"],
    },
    # Ids that are not below depth.
    "one_hot_of_other_values": {
        "attrs": {"depth": 3, "on_value": 2.0, "off_value": -0.5},
        "inputs": [(2, 3, 2)],
        "ids_below": 5,
        "modes": ["inference"],
    },
}


def forward(attrs, params, x):
    here = one_hot(x.long(), 5)[..., :attrs["depth"]].double()
    on, off = attrs.get("on_value", 1.0), attrs.get("off_value", 0.0)
    return here * (on - off) + off
