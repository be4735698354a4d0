"""RankHinge against torch.nn.functional.margin_ranking_loss."""

from torch import ones_like
from torch.nn.functional import margin_ranking_loss

KIND = "RankHinge"
CASES = {

    "rank_hinge": {"attrs": {}, "output": (3, 2, 1), "labels": [[1, 0], [1, 0], [1, 0]],
                   "normaliser": 3},
    "rank_hinge_margin": {"attrs": {"margin": 0.4}, "output": (2, 4), "labels": [0, 0],
                          "normaliser": 4},
}


def loss(attrs, output, labels):
    match, mismatch = output.reshape(-1, 2).unbind(1)
    return margin_ranking_loss(match, mismatch, ones_like(match), attrs.get("margin", 1.0))
