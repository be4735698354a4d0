"""Pooler against RoiAlign's samples, of a map that is chosen as torchvision's MultiScaleRoIAlign does."""

import sys
from pathlib import Path

import torch

sys.path.insert(0, str(Path(__file__).parent))
from roi_align import aligned_region

KIND = "Pooler"
CASES = {
    "pooler": {
        "attrs": {"output_size": 2, "spatial_scales": [0.47, 0.23], "sampling_ratio": 2,
                  "canonical_scale": 9.3, "canonical_level": 2},
        "inputs": [(2, 2, 8, 9), (2, 2, 4, 5), (2, 6, 4)], "ids_below": 17, "ids_inputs": [2]},
    "pooler_three_maps": {
        "attrs": {"output_size": [2, 1], "spatial_scales": [0.23, 0.117, 0.061], "aligned": True,
                  "canonical_scale": 40.0},
        "inputs": [(1, 1, 16, 16), (1, 1, 8, 8), (1, 1, 4, 4), (1, 8, 4)], "ids_below": 64,
        "ids_inputs": [3]},
}


def forward(attrs, params, *inputs):
    maps, regions, scales = inputs[:-1], inputs[-1], attrs["spatial_scales"]
    sides = (regions[..., 2:] - regions[..., :2]).detach()
    size = sides.prod(-1).clamp(min=0).sqrt() / attrs.get("canonical_scale", 224)
    levels = torch.floor(attrs.get("canonical_level", 4) + torch.log2(size) + 1e-6)
    levels = levels + torch.log2(torch.tensor(scales[0])).round()
    chosen = levels.clamp(0, len(maps) - 1).long()
    return torch.stack([
        torch.stack([aligned_region(maps[level][n], region, attrs, scales[level])
                     for region, level in zip(regions[n], chosen[n].tolist())])
        for n in range(len(regions))])
