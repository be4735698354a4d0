"""DetectionOutputFrcnn from Nms's fixed point of each class and one sort of all that is kept."""

import sys
from pathlib import Path

import torch

sys.path.insert(0, str(Path(__file__).parent))
from box_decode import forward as decode
from detection_output import best_rows, rows_of_class
from nms import overlaps

KIND = "DetectionOutputFrcnn"
CASES = {
    "detection_output_frcnn": {
        "attrs": {"num_classes": 3, "image_size": [20, 30], "max_per_image": 9},
        "inputs": [(2, 30, 4), (2, 30, 12), (2, 30, 3)], "scale": 3.0, "modes": ["inference"]},
    "detection_output_frcnn_votes": {
        "attrs": {"num_classes": 2, "box_vote": True, "max_per_image": 20, "nms_threshold": 0.4,
                  "max_log_scale": 0.7},
        "inputs": [(2, 40, 4), (2, 40, 8), (2, 40, 2), (2, 4)], "least": 0.5, "most": 9.0,
        "scale": 4.0, "modes": ["inference"]},
    "detection_output_mask_rcnn": {
        "attrs": {"num_classes": 3, "weights": [10.0, 10.0, 5.0, 5.0], "inclusive": False,
                  "nms_threshold": 0.5, "max_per_image": 6, "score_threshold": 0.3},
        "inputs": [(2, 10, 4), (2, 10, 3, 4), (2, 10, 3), (2, 2)], "least": 0.5, "most": 20.0,
        "scale": 9.0, "modes": ["inference"]},
}


def voted(rows, boxes, scores, pixel):
    """The means of boxes that overlap the rows' by half, by their scores."""
    weights = overlaps(torch.cat([rows[:, 2:], boxes]), pixel)[:len(rows), len(rows):] >= 0.5
    weights = weights * scores
    means = weights @ boxes / weights.sum(1, keepdim=True)
    # Boxes without an area overlap nothing, themselves included.
    means = torch.where(weights.sum(1, keepdim=True) > 0, means, rows[:, 2:])
    return torch.cat([rows[:, :2], means], 1)


def forward(attrs, params, regions, code, scores, info=None):
    classes, pixel = attrs["num_classes"], 1 if attrs.get("inclusive", True) else 0
    least = attrs.get("score_threshold", 0.05)
    rows = []
    for n in range(regions.shape[0]):
        height, width = attrs["image_size"] if info is None else info[n, :2].tolist()
        scales = info[n, 2:] if info is not None and info.shape[1] > 2 else torch.ones(2)
        x_scale, y_scale = scales[-1], scales[0]
        region = regions[n] / torch.stack([x_scale, y_scale] * 2)
        boxes = decode({"inclusive": True, **attrs}, {}, region[None], code[n].reshape(1, -1, classes * 4))
        corners = boxes.reshape(-1, classes, 2, 2)
        most = torch.stack([width / x_scale, height / y_scale]) - pixel
        boxes = corners.minimum(most).clamp(min=0).reshape(-1, classes, 4)
        inside = ~((regions[n, :, 0] < 0) & (regions[n, :, 2] < 0))
        found = []
        for label in range(1, classes):
            of_class = torch.where(inside, scores[n].reshape(-1, classes)[:, label], -torch.inf)
            of_label = rows_of_class(label, boxes[:, label], of_class, least,
                                     attrs.get("nms_threshold", 0.3), pixel=pixel)
            if attrs.get("box_vote", False):
                looked_at = of_class > least
                of_label = voted(of_label, boxes[looked_at, label], of_class[looked_at], pixel)
            found.append(of_label)
        rows.append(best_rows(found, attrs.get("max_per_image", 100)))
    return torch.stack(rows)
