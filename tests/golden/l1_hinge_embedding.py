"""L1HingeEmbedding: hinge_embedding_loss of L1 distances."""

from torch.nn.functional import hinge_embedding_loss, pairwise_distance

KIND = "L1HingeEmbedding"
CASES = {

    "l1_hinge_embedding": {"attrs": {}, "outputs": [(4, 3), (4, 3)], "labels": [1, -1, 1, -1]},
    "l1_hinge_embedding_margin": {"attrs": {"margin": 12.0}, "outputs": [(4, 3), (4, 3)],
                                  "labels": [1, -1, -1, -1]},
}


def loss(attrs, first, second, labels):
    distances = pairwise_distance(first, second, p=1, eps=0.0)
    return hinge_embedding_loss(distances, labels, attrs.get("margin", 1.0))
