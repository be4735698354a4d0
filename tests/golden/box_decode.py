"""BoxDecode against its formula for middles and sides, of all boxes at once."""

import torch

KIND = "BoxDecode"
CASES = {
    "box_decode": {"attrs": {}, "inputs": [(2, 3, 4), (2, 3, 4)]},
    "box_decode_classes": {
        "attrs": {"weights": [10.0, 10.0, 5.0, 5.0], "max_log_scale": 0.25, "inclusive": True},
        "inputs": [(2, 3, 4), (2, 3, 12)]},
}


def forward(attrs, params, boxes, code):
    pixel = 1 if attrs.get("inclusive", False) else 0
    code = code.unflatten(2, (-1, 4)) / torch.tensor(attrs.get("weights", [1.0] * 4))
    first, last = boxes[:, :, None].chunk(2, -1)
    sides = last - first + pixel
    middles = (first + last + pixel) / 2 + code[..., :2] * sides
    halves = code[..., 2:].clamp(max=attrs.get("max_log_scale", 4.1351666)).exp() * sides / 2
    return torch.cat([middles - halves, middles + halves - pixel], -1).flatten(2)
