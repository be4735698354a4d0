"""SpaceToDepth against torch.nn.functional.pixel_unshuffle, its channels in another order."""

from torch.nn.functional import pixel_unshuffle

KIND = "SpaceToDepth"
CASES = {
    "space_to_depth": {"attrs": {"block_size": 2}, "inputs": [(2, 3, 4, 6)]},
    "space_to_depth_crd": {"attrs": {"block_size": 3, "mode": "crd"}, "inputs": [(2, 2, 3, 6)]},
}


def forward(attrs, params, x):
    block = attrs["block_size"]
    y = pixel_unshuffle(x, block)
    if attrs.get("mode") != "crd":
        y = y.unflatten(1, (-1, block * block)).transpose(1, 2).flatten(1, 2)
    return y
