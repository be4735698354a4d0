"""DetectionOutput from Nms's fixed point of each class and one sort of all that is kept."""

import sys
from pathlib import Path

import torch

sys.path.insert(0, str(Path(__file__).parent))
from nms import kept

KIND = "DetectionOutput"
ALL = {"confidence_threshold": -9.0, "num_classes": 3}
CASES = {
    "detection_output": {
        "attrs": {**ALL, "nms_threshold": 0.3, "nms_top_k": 6, "keep_top_k": 9},
        "inputs": [(2, 40), (2, 30), (2, 10, 8)], "modes": ["inference"]},
    "detection_output_corners": {
        "attrs": {"num_classes": 2, "background_label": -1, "share_location": False,
                  "confidence_threshold": 0.1, "code_type": "corner", "keep_top_k": 20,
                  "nms_top_k": 0, "clip": True},
        "inputs": [(2, 9, 2, 4), (2, 9, 2), (2, 9, 8)], "modes": ["inference"]},
    "detection_output_encoded": {
        "attrs": {**ALL, "background_label": 1, "variance_encoded_in_target": True,
                  "keep_top_k": 8},
        "inputs": [(1, 6, 4), (1, 18), (1, 6, 8)], "modes": ["inference"]},
    "detection_output_without_variances": {
        "attrs": {**ALL, "keep_top_k": 8}, "inputs": [(1, 24), (1, 6, 3), (1, 6, 4)],
        "modes": ["inference"]},
}


def decoded(attrs, priors, code):
    """Boxes (priors, regressions, 4)."""
    if priors.shape[1] == 8 and not attrs.get("variance_encoded_in_target", False):
        code = code * priors[:, None, 4:]
    priors = priors[:, None, :4]
    if attrs.get("code_type", "center_size") == "corner":
        boxes = priors + code
    else:
        sides, middles = priors[..., 2:] - priors[..., :2], (priors[..., 2:] + priors[..., :2]) / 2
        middles = middles + code[..., :2] * sides
        halves = code[..., 2:].exp() * sides / 2
        boxes = torch.cat([middles - halves, middles + halves], -1)
    return boxes.clamp(0, 1) if attrs.get("clip", False) else boxes


def best_rows(found, count):
    """The best of rows (label, score, box), by class and then by box; and rows of label -1."""
    rows = torch.cat(found)
    rows = rows[torch.sort(rows[:, 1], descending=True, stable=True).indices][:count]
    rest = torch.zeros(count - len(rows), 6, dtype=rows.dtype)
    rest[:, 0] = -1
    return torch.cat([rows, rest])


def rows_of_class(label, boxes, scores, least, threshold, candidates=None, pixel=0):
    order = torch.sort(scores, descending=True, stable=True).indices
    order = order[scores[order] > least][:candidates]
    order = order[kept(boxes[order], scores[order], threshold, pixel)]
    labels = torch.full((len(order), 1), label, dtype=boxes.dtype)
    return torch.cat([labels, scores[order, None], boxes[order]], 1)


def forward(attrs, params, code, scores, priors):
    classes, count = attrs["num_classes"], priors.shape[1]
    rows = []
    for n in range(priors.shape[0]):
        boxes = decoded(attrs, priors[n], code[n].reshape(count, -1, 4)).expand(-1, classes, -1)
        of_class = scores[n].reshape(count, classes)
        found = [rows_of_class(label, boxes[:, label], of_class[:, label],
                               attrs.get("confidence_threshold", 0.01),
                               attrs.get("nms_threshold", 0.45), attrs.get("nms_top_k", 400) or None)
                 for label in range(classes) if label != attrs.get("background_label", 0)]
        rows.append(best_rows(found, attrs.get("keep_top_k", 200)))
    return torch.stack(rows)
