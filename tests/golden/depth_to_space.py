"""DepthToSpace against torch.nn.functional.pixel_shuffle of channels in its order."""

from torch.nn.functional import pixel_shuffle

KIND = "DepthToSpace"
CASES = {
    "depth_to_space": {"attrs": {"block_size": 2}, "inputs": [(2, 8, 2, 3)]},
    "depth_to_space_crd": {"attrs": {"block_size": 2, "mode": "crd"}, "inputs": [(2, 8, 2, 3)]},
}


def forward(attrs, params, x):
    block = attrs["block_size"]
    if attrs.get("mode") != "crd":
        x = x.unflatten(1, (block * block, -1)).transpose(1, 2).flatten(1, 2)
    return pixel_shuffle(x, block)
