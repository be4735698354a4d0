"""Crop against torch.narrow."""

KIND = "Crop"
CASES = {
    "crop_image": {"attrs": {"cropping": [1, 0, 2, 1]}, "inputs": [(2, 3, 3, 5)]},
    "crop_sequence": {"attrs": {"cropping": [1, 2, 0, 0]}, "inputs": [(2, 5, 3)]},
    "crop_volume": {"attrs": {"cropping": [1, 0, 0, 1, 1, 1]}, "inputs": [(2, 2, 3, 2, 4)]},
}


def forward(attrs, params, x):
    pairs = list(zip(attrs["cropping"][::2], attrs["cropping"][1::2]))
    for d, (begin, end) in enumerate(pairs, x.dim() - len(pairs)):
        x = x.narrow(d, begin, x.shape[d] - begin - end)
    return x
