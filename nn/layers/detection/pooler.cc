// SPDX-License-Identifier: Apache-2.0
// Pooler: RoiAlign of several maps of a pyramid, each region from the map for its size: number
// canonical_level + log2(sqrt(area) / canonical_scale). Lin et al., "Feature pyramid networks", 2017.
#include <cmath>
#include <vector>

#include "nn/layers/detection/align_layer.h"

namespace firesteel {

struct Pooler final : DescribedBy<Pooler, AlignLayer> {
  std::vector<float> spatial_scales;
  float canonical_scale = 224;
  int64_t canonical_level = 4;

  static constexpr auto schema() {
    return Schema{
        "Pooler",
        "detection",
        "Cuts regions (x1, y1, x2, y2 in pixels of the image), the last input, out of the maps of "
        "a "
        "pyramid, the other inputs, each out of the map for its size, and takes the mean of each "
        "part: (regions, channels, height, width).",
        kOutputSize,
        required("spatial_scales", &Pooler::spatial_scales,
                 "of each map, pixels for one of the image: halves, such as 0.25, 0.125, 0.0625",
                 positive),
        kSamplingRatio,
        kAligned,
        attr("canonical_scale", &Pooler::canonical_scale,
             "side of a region, in pixels of the image, that is taken from canonical_level",
             positive),
        attr("canonical_level", &Pooler::canonical_level,
             "a map of scale 1 / 2^level, for regions of canonical_scale", nonnegative)};
  }
  // No sample lies on a pixel, where the gradient of the regions jumps.
  static Sample sample() {
    return {.attrs = {{"output_size", Dims{2}},
                      {"spatial_scales", Reals{0.47, 0.23}},
                      {"sampling_ratio", int64_t{3}},
                      {"canonical_scale", 9.3},
                      {"canonical_level", int64_t{2}}},
            .in = {{2, 2, 6, 7}, {2, 2, 3, 4}, {2, 5, 4}},
            .ids_below = 13,
            .ids_inputs = {2}};
  }

  void check() const override {
    require<AttrError>(!spatial_scales.empty(), "Pooler.spatial_scales: must not be empty");
  }
  int most_inputs() const override { return 16; }

  Shapes infer(const Shapes& in) const override {
    require(in.size() == spatial_scales.size() + 1, "inputs must be ", spatial_scales.size(),
            " maps and regions, got ", in.size());
    return infer_regions(in, output_size);
  }

 protected:
  float scale(size_t map) const override { return spatial_scales[map]; }
  size_t map_of(const Box<double>& region) const override {
    double size = std::sqrt((region.x2 - region.x1) * (region.y2 - region.y1));
    if (!(size > 0)) return 0;
    // A little more, so that a region of just a level's size is of that level.
    double level = std::floor(static_cast<double>(canonical_level) +
                              std::log2(size / double{canonical_scale}) + 1e-6);
    double first = std::round(-std::log2(double{spatial_scales.front()}));
    auto last = static_cast<double>(spatial_scales.size() - 1);
    return static_cast<size_t>(std::min(std::max(level - first, 0.0), last));
  }
};
FIRESTEEL_LAYER(Pooler);

}  // namespace firesteel
