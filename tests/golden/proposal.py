"""Proposal from the anchors of Anchor, the code of BoxDecode and Nms's fixed point."""

import sys
from pathlib import Path

import torch

sys.path.insert(0, str(Path(__file__).parent))
from anchor import anchors
from box_decode import forward as decode
from nms import filled, kept

KIND = "Proposal"
SMALL = {"scales": [1.0, 2.0], "stride": 4, "base_size": 4, "post_nms_topn": 9}
CASES = {
    "proposal": {"attrs": {**SMALL, "min_size": 2.0, "image_size": [12, 16]},
                 "inputs": [(2, 12, 3, 4), (2, 24, 3, 4)], "modes": ["inference"]},
    "proposal_corners": {
        "attrs": {**SMALL, "inclusive": False, "pre_nms_topn": 20, "nms_threshold": 0.3,
                  "min_size": 1.0},
        "inputs": [(2, 6, 3, 4), (2, 24, 3, 4), (2, 2)], "ids_below": 14, "ids_inputs": [2],
        "scale": 0.5, "modes": ["inference"]},
    "proposal_scaled": {
        "attrs": {**SMALL, "min_size": 0.2}, "inputs": [(3, 6, 2, 3), (3, 24, 2, 3), (3, 3)],
        "ids_below": 14, "ids_inputs": [2], "modes": ["inference"]},
    "proposal_few": {
        "attrs": {**SMALL, "post_nms_topn": 40, "nms_threshold": 0.1, "min_size": 3.0,
                  "image_size": [8, 8]},
        "inputs": [(1, 6, 2, 2), (1, 24, 2, 2)], "scale": 0.5, "modes": ["inference"]},
}


def forward(attrs, params, scores, code, info=None):
    pixel = 1 if attrs.get("inclusive", True) else 0
    boxes = anchors(attrs, *scores.shape[2:]).to(code.dtype)
    code = code.unflatten(1, (-1, 4)).permute(0, 3, 4, 1, 2).reshape(len(code), -1, 4)
    scores = scores[:, scores.shape[1] - code.shape[1] // scores[0, 0].numel():]
    scores = scores.permute(0, 2, 3, 1).flatten(1)
    rows, best, most_rows = [], [], attrs.get("post_nms_topn", 300)
    for n in range(len(code)):
        size = attrs["image_size"] if info is None else info[n, :2].tolist()
        scale = info[n, -1].item() if info is not None and info.shape[1] > 2 else 1
        regions = decode({**attrs, "inclusive": pixel == 1}, {}, boxes[None], code[n:n + 1])[0]
        most = torch.tensor([size[1], size[0]] * 2, dtype=code.dtype) - pixel
        regions = regions.minimum(most).clamp(min=0)
        sides = regions[:, 2:] - regions[:, :2] + pixel
        large = (sides >= attrs.get("min_size", 16) * scale).all(1)
        regions, of_large = regions[large], scores[n, large]
        order = torch.sort(of_large, descending=True, stable=True).indices
        order = order[:attrs.get("pre_nms_topn", 6000) or None]
        order = order[kept(regions[order], of_large[order], attrs.get("nms_threshold", 0.7), pixel)]
        rows.append(filled(regions[order], most_rows, -1))
        best.append(filled(of_large[order], most_rows, -1))
    return torch.stack(rows), torch.stack(best)
