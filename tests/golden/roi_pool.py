"""RoiPool against torch.nn.functional.adaptive_max_pool2d of what is cut out."""

import torch
from torch.nn.functional import adaptive_max_pool2d

KIND = "RoiPool"
CASES = {
    "roi_pool": {"attrs": {"pooled_h": 2, "pooled_w": 3}, "inputs": [(2, 3, 6, 6), (2, 4, 4)],
                 "ids_below": 6, "ids_inputs": [1]},
    "roi_pool_scaled": {"attrs": {"pooled_h": 3, "pooled_w": 2, "spatial_scale": 0.25},
                        "inputs": [(2, 2, 7, 8), (2, 3, 4)], "ids_below": 26, "ids_inputs": [1]},
    "roi_pool_outside": {"attrs": {"pooled_h": 1, "pooled_w": 1},
                         "inputs": [(1, 2, 4, 5), (1, 6, 4)], "ids_below": 9, "ids_inputs": [1]},
}


def forward(attrs, params, x, regions):
    size = attrs["pooled_h"], attrs["pooled_w"]
    # Coordinates are not negative, nor are regions with several parts outside: halves go up.
    corners = torch.floor(regions.detach() * attrs.get("spatial_scale", 1.0) + 0.5).long()

    def pooled(image, corner):
        x1, y1, x2, y2 = corner.tolist()
        part = image[:, y1:max(y1, y2) + 1, x1:max(x1, x2) + 1]
        if part.numel() == 0:
            return torch.zeros(part.shape[0], *size, dtype=x.dtype)
        return adaptive_max_pool2d(part, size)

    return torch.stack([torch.stack([pooled(image, corner) for corner in each])
                        for image, each in zip(x, corners)])
