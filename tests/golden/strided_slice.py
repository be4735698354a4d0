"""StridedSlice against numpy's slices, for those of torch cannot run backwards."""

import numpy
import torch

KIND = "StridedSlice"
FAR = 2**62
CASES = {
    "strided_slice": {"attrs": {"starts": [0, 1], "ends": [2, 5], "strides": [1, 2]},
                      "inputs": [(2, 3, 6)]},
    "strided_slice_open": {"attrs": {"starts": [1, -3]}, "inputs": [(2, 3, 6, 2)]},
    "strided_slice_far": {"attrs": {"starts": [-9, 1], "ends": [FAR, FAR]}, "inputs": [(2, 3, 6)]},
    "strided_slice_ends": {"attrs": {"ends": [-1, 4]}, "inputs": [(2, 3, 6)]},
    "strided_slice_down": {"attrs": {"starts": [-1, 4], "ends": [-FAR, 0], "strides": [-1, -2]},
                           "inputs": [(2, 3, 6)]},
    "strided_slice_every_third": {"attrs": {"strides": [-3]}, "inputs": [(2, 7)]},
}


def forward(attrs, params, x):
    count = max(len(attrs.get(name, [])) for name in ("starts", "ends", "strides"))
    lists = [attrs.get(name, []) for name in ("starts", "ends", "strides")]
    at = [slice(*(values[i] if i < len(values) else None for values in lists))
          for i in range(count)]
    places = numpy.arange(x[0].numel()).reshape(x.shape[1:])[tuple(at)]
    taken = x.reshape(x.shape[0], -1)[:, torch.from_numpy(places.copy()).reshape(-1)]
    return taken.reshape(x.shape[0], *places.shape)
