// SPDX-License-Identifier: Apache-2.0
// RoiAlign: of regions of maps the mean of bilinear samples of each of height x width parts. He et
// al., "Mask R-CNN", 2017.
#include "nn/layers/detection/align_layer.h"

namespace firesteel {

struct RoiAlign final : DescribedBy<RoiAlign, AlignLayer> {
  float spatial_scale = 1;

  static constexpr auto schema() {
    return Schema{"RoiAlign",
                  "detection",
                  "Cuts regions (x1, y1, x2, y2 in pixels of the image), the second input, out of "
                  "the maps of "
                  "the first, and takes the mean of each part: (regions, channels, height, width).",
                  kOutputSize,
                  attr("spatial_scale", &RoiAlign::spatial_scale,
                       "pixels of a map for one of the image", positive),
                  kSamplingRatio,
                  kAligned};
  }
  // No sample lies on a pixel, where the gradient of the regions jumps.
  static Sample sample() {
    return {.attrs = {{"output_size", Dims{2, 3}},
                      {"spatial_scale", 0.61},
                      {"sampling_ratio", int64_t{2}},
                      {"aligned", true}},
            .in = {{2, 3, 5, 4}, {2, 3, 4}},
            .ids_below = 8,
            .ids_inputs = {1}};
  }

 protected:
  float scale(size_t) const override { return spatial_scale; }
};
FIRESTEEL_LAYER(RoiAlign);

}  // namespace firesteel
