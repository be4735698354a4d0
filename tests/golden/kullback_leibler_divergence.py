"""KullbackLeiblerDivergence against torch.nn.functional.kl_div."""

from torch.nn.functional import kl_div

KIND = "KullbackLeiblerDivergence"
CASES = {
    "kullback_leibler_divergence": {
        "attrs": {}, "output": (3, 4), "squash": True, "normaliser": 3,
        "labels": [[0.1, 0.4, 0.5, 0.0], [0.25, 0.25, 0.25, 0.25], [0.0, 0.9, 0.05, 0.05]]},
    "kullback_leibler_divergence_steps": {
        "attrs": {"eps": 0.01}, "output": (1, 2, 3), "squash": True, "normaliser": 2,
        "labels": [[[0.2, 0.8, 0.0], [0.5, 0.1, 0.4]]]},
}


def loss(attrs, output, labels):
    x, y = (p.clamp(attrs.get("eps", 1e-7), 1.0) for p in (output, labels))
    return kl_div(x.log(), y, reduction="sum") / output[..., 0].numel()
