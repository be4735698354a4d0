"""PriorBox against grids of middles and a table of sides."""

import torch

KIND = "PriorBox"
CASES = {
    "prior_box": {
        "attrs": {"min_sizes": [3.0], "max_sizes": [5.0], "aspect_ratios": [2.0, 3.0]},
        "inputs": [(2, 3, 2, 3), (2, 3, 8, 12)], "modes": ["inference"]},
    "prior_box_clip": {
        "attrs": {"min_sizes": [3.0, 7.0], "aspect_ratios": [1.0, 2.0], "flip": False, "clip": True,
                  "image_size": [8, 12], "variances": [0.1], "step": [4.0, 3.0], "offset": 0.25},
        "inputs": [(1, 2, 3, 2)], "modes": ["inference"]},
}


def forward(attrs, params, features, image=None):
    height, width = attrs["image_size"] if image is None else image.shape[2:]
    ratios = torch.tensor([r for r in attrs.get("aspect_ratios", []) if r != 1])
    if attrs.get("flip", True):
        ratios = torch.stack([ratios, 1 / ratios], 1).flatten()
    sides = []
    for i, size in enumerate(attrs["min_sizes"]):
        sides.append(torch.full((1, 2), size))
        if "max_sizes" in attrs:
            sides.append(torch.full((1, 2), (size * attrs["max_sizes"][i]) ** 0.5))
        sides.append(size * torch.stack([ratios, 1 / ratios], 1) ** 0.5)
    sides = torch.cat(sides).to(features.dtype)
    extents = torch.tensor([width, height])
    steps = attrs["step"][::-1] if "step" in attrs else [width / features.shape[3],
                                                         height / features.shape[2]]
    y, x = torch.meshgrid(*(torch.arange(n) for n in features.shape[2:]), indexing="ij")
    middles = (torch.stack([x, y], 2).flatten(0, 1) + attrs.get("offset", 0.5)) * torch.tensor(steps)
    middles = middles[:, None].to(features.dtype)
    boxes = torch.cat([(middles - sides / 2) / extents, (middles + sides / 2) / extents], 2)
    if attrs.get("clip", False):
        boxes = boxes.clamp(0, 1)
    variances = torch.tensor(attrs.get("variances", [0.1, 0.1, 0.2, 0.2]), dtype=boxes.dtype)
    rows = torch.cat([boxes.flatten(0, 1), variances.expand(boxes.shape[0] * boxes.shape[1], 4)], 1)
    return rows.expand(features.shape[0], -1, -1)
