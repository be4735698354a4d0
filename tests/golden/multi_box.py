"""MultiBox: matching, mining and both losses by operations on whole tensors."""

import torch
from torch.nn.functional import cross_entropy, smooth_l1_loss

KIND = "MultiBox"
DEFAULTS = [[x, y, x + 0.4, y + 0.4] for y in (0.0, 0.3, 0.6) for x in (0.0, 0.3, 0.6)]
LABELS = [[[1.0, 0.05, 0.1, 0.45, 0.5], [2.0, 0.62, 0.6, 0.95, 1.0], [2.0, 0.25, 0.35, 0.6, 0.72]],
          [[3.0, 0.3, 0.0, 0.75, 0.45], [-1.0, 0.0, 0.0, 0.0, 0.0], [-1.0, 0.0, 0.0, 0.0, 0.0]],
          [[-1.0, 0.0, 0.0, 0.0, 0.0], [-1.0, 0.0, 0.0, 0.0, 0.0], [-1.0, 0.0, 0.0, 0.0, 0.0]]]
SHAPES = [(3, 9, 4), (3, 9, 4)]
CASES = {
    "multi_box": {"attrs": {}, "outputs": SHAPES, "constants": [[DEFAULTS] * 3], "labels": LABELS},
    "multi_box_weights": {
        "attrs": {"overlap_threshold": 0.3, "negative_overlap": 0.3, "negatives": 1.0,
                  "location_weight": 2.0, "variances": [0.2, 0.2, 0.4, 0.4]},
        "outputs": SHAPES, "constants": [[DEFAULTS] * 3], "labels": LABELS},
}


def overlaps(a, b):
    """[truths, defaults] intersections over unions."""
    extent = torch.minimum(a[:, None, 2:], b[None, :, 2:]) - torch.maximum(a[:, None, :2], b[None, :, :2])
    both = extent.clamp(0).prod(2)
    return both / ((a[:, 2:] - a[:, :2]).prod(1)[:, None] + (b[:, 2:] - b[:, :2]).prod(1) - both)


def matches(all_overlaps, threshold):
    """For each default box the number of its truth, or -1."""
    best, nearest = all_overlaps.max(0)
    found = torch.where(best > threshold, nearest, -1)
    free = all_overlaps.clone()
    for _ in range(len(free)):
        truth, box = divmod(int(free.argmax()), free.shape[1])
        found[box] = truth
        free[truth], free[:, box] = -1.0, -1.0
    return found, best


def encoded(boxes, defaults, variances):
    def centre_and_size(x):
        return (x[:, :2] + x[:, 2:]) / 2, x[:, 2:] - x[:, :2]

    (centre, size), (from_centre, from_size) = centre_and_size(boxes), centre_and_size(defaults)
    return torch.cat([(centre - from_centre) / from_size, (size / from_size).log()], 1) / variances


def row_loss(attrs, places, scores, defaults, labels):
    truths = labels[labels[:, 0] >= 0]
    if len(truths) == 0:
        return 0 * scores.sum(), 0
    found, best = matches(overlaps(truths[:, 1:], defaults), attrs.get("overlap_threshold", 0.5))
    own = found >= 0
    variances = torch.tensor(attrs.get("variances", [0.1, 0.1, 0.2, 0.2]), dtype=torch.float64)
    wanted = encoded(truths[found[own], 1:], defaults[own], variances)
    place = smooth_l1_loss(places[own], wanted, reduction="sum")
    score = cross_entropy(scores[own], truths[found[own], 0].long(), reduction="sum")
    others = scores[~own & (best < attrs.get("negative_overlap", 0.5))]
    wrong = cross_entropy(others, torch.zeros(len(others), dtype=torch.long), reduction="none")
    count = min(len(wrong), int(attrs.get("negatives", 3.0) * int(own.sum())))
    value = attrs.get("location_weight", 1.0) * place + score + wrong.topk(count).values.sum()
    return value, int(own.sum())


def loss(attrs, places, scores, defaults, labels):
    rows = [row_loss(attrs, *row) for row in zip(places, scores, defaults, labels)]
    return sum(value for value, _ in rows) / sum(count for _, count in rows)
