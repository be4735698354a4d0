"""BoxEncode against its formula for middles and sides, of all boxes at once."""

import torch

KIND = "BoxEncode"
# With a pixel more all sides are positive.
CASES = {
    "box_encode": {"attrs": {"inclusive": True}, "inputs": [(2, 3, 4), (2, 3, 4)],
                   "least": -0.4, "most": 0.5},
    "box_encode_weights": {"attrs": {"inclusive": True, "weights": [10.0, 10.0, 5.0, 5.0]},
                           "inputs": [(1, 4, 4), (1, 4, 4)], "least": -0.4, "most": 0.5},
}


def forward(attrs, params, targets, boxes):
    first, last = torch.stack([targets, boxes]).chunk(2, -1)
    sides, middles = last - first + 1, (first + last + 1) / 2
    code = torch.cat([(middles[0] - middles[1]) / sides[1], (sides[0] / sides[1]).log()], -1)
    return code * torch.tensor(attrs.get("weights", [1.0] * 4))
