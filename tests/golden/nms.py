"""Nms as the fixed point of: a box is kept when no better kept one overlaps it too much."""

import torch

KIND = "Nms"
CASES = {
    "nms": {"attrs": {"max_output": 8, "iou_threshold": 0.1}, "inputs": [(2, 40, 4), (2, 40)],
            "scale": 3.0, "modes": ["inference"]},
    "nms_inclusive": {"attrs": {"max_output": 30, "iou_threshold": 0.3, "inclusive": True},
                      "inputs": [(2, 25, 4), (2, 25)], "scale": 3.0, "modes": ["inference"]},
    "nms_equals": {"attrs": {"max_output": 12, "iou_threshold": 0.25},
                   "inputs": [(1, 12, 4), (1, 12)], "ids_below": 4, "modes": ["inference"]},
}


def overlaps(boxes, pixel=0):
    """Intersection over union of all pairs."""
    first = torch.maximum(boxes[:, None, :2], boxes[None, :, :2])
    last = torch.minimum(boxes[:, None, 2:], boxes[None, :, 2:])
    both = (last - first + pixel).clamp(min=0).prod(2)
    areas = (boxes[:, 2:] - boxes[:, :2] + pixel).clamp(min=0).prod(1)
    return torch.nan_to_num(both / (areas[:, None] + areas - both))


def kept(boxes, scores, threshold, pixel=0):
    """Ids, best first."""
    order = torch.sort(scores, descending=True, stable=True).indices
    covers = torch.triu(overlaps(boxes[order], pixel) > threshold, diagonal=1)
    keep = torch.ones(len(order), dtype=torch.bool)
    for _ in order:
        keep = ~(covers & keep[:, None]).any(0)
    return order[keep]


def filled(rows, count, value):
    """`count` rows, the last of them of one value."""
    rest = torch.full((max(count - len(rows), 0), *rows.shape[1:]), value, dtype=rows.dtype)
    return torch.cat([rows[:count], rest])


def forward(attrs, params, boxes, scores):
    pixel = 1 if attrs.get("inclusive", False) else 0
    most = attrs["max_output"]
    rows = [kept(b, s, attrs.get("iou_threshold", 0.5), pixel)[:most] for b, s in zip(boxes, scores)]
    return (torch.stack([filled(ids, most, -1) for ids in rows]),
            torch.tensor([[len(ids)] for ids in rows]))
