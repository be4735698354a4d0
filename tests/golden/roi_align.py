"""RoiAlign against torch.nn.functional.grid_sample, whose samples are averaged."""

import torch
from torch.nn.functional import avg_pool2d, grid_sample

KIND = "RoiAlign"
CASES = {
    "roi_align": {
        "attrs": {"output_size": [2, 3], "sampling_ratio": 2, "spatial_scale": 0.61},
        "inputs": [(2, 3, 5, 4), (2, 3, 4)], "ids_below": 8, "ids_inputs": [1]},
    "roi_align_aligned": {
        "attrs": {"output_size": 3, "sampling_ratio": 1, "spatial_scale": 0.37, "aligned": True},
        "inputs": [(2, 2, 4, 6), (2, 4, 4)], "ids_below": 13, "ids_inputs": [1]},
    "roi_align_adaptive": {
        "attrs": {"output_size": 2, "spatial_scale": 0.83},
        "inputs": [(1, 2, 7, 6), (1, 6, 4)], "ids_below": 8, "ids_inputs": [1]},
    "roi_align_adaptive_aligned": {
        "attrs": {"output_size": [1, 2], "spatial_scale": 0.83, "aligned": True},
        "inputs": [(1, 2, 7, 6), (1, 6, 4)], "ids_below": 8, "ids_inputs": [1]},
    "roi_align_outside": {
        "attrs": {"output_size": 2, "sampling_ratio": 2},
        "inputs": [(2, 2, 3, 4), (2, 5, 4)], "scale": 4.0},
}


def coordinates(first, last, parts, attrs, scale):
    """Of the samples in one direction, and how many a part has."""
    aligned = attrs.get("aligned", False)
    first, length = first * scale - (0.5 if aligned else 0), (last - first) * scale
    length = length if aligned else length.clamp(min=1)
    samples = attrs.get("sampling_ratio", 0) or int(torch.ceil(length.detach() / parts))
    shares = (torch.arange(max(samples, 0) * parts) + 0.5) / (max(samples, 1) * parts)
    return first + shares.to(first.dtype) * length, samples


def aligned_region(image, region, attrs, scale):
    """Of one image (channels, height, width) and one region."""
    height, width = ([attrs["output_size"]] * 2 if isinstance(attrs["output_size"], int)
                     else attrs["output_size"])
    x, x_samples = coordinates(region[0], region[2], width, attrs, scale)
    y, y_samples = coordinates(region[1], region[3], height, attrs, scale)
    if x_samples <= 0 or y_samples <= 0:
        return image.new_zeros(image.shape[0], height, width)
    extents = image.shape[1:]
    inside = torch.outer((y >= -1) & (y <= extents[0]), (x >= -1) & (x <= extents[1]))
    grid_x, grid_y = (2 * at / (extent - 1) - 1 for at, extent in ((x, extents[1]), (y, extents[0])))
    grid = torch.stack([grid_x.expand(len(y), -1), grid_y[:, None].expand(-1, len(x))], 2)
    samples = grid_sample(image[None], grid[None], padding_mode="border", align_corners=True)
    return avg_pool2d(samples[0] * inside, (y_samples, x_samples))


def forward(attrs, params, x, regions):
    scale = attrs.get("spatial_scale", 1.0)
    return torch.stack([torch.stack([aligned_region(image, region, attrs, scale) for region in each])
                        for image, each in zip(x, regions)])
