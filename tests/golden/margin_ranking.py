"""MarginRanking against torch.nn.functional.margin_ranking_loss."""

from torch.nn.functional import margin_ranking_loss

KIND = "MarginRanking"
CASES = {

    "margin_ranking": {"attrs": {}, "outputs": [(4,), (4,)], "labels": [1, -1, -1, 1],
                       "normaliser": 4},
    "margin_ranking_margin": {"attrs": {"margin": 0.5, "reduction": "sum"},
                              "outputs": [(2, 3), (2, 3)], "labels": [[1, -1, -1], [1, 1, -1]],
                              "normaliser": 2},
}


def loss(attrs, first, second, labels):
    by_row = attrs.get("reduction") == "sum"
    value = margin_ranking_loss(first, second, labels, attrs.get("margin", 0.0),
                                reduction="sum" if by_row else "mean")
    return value / len(first) if by_row else value
