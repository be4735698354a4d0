// SPDX-License-Identifier: Apache-2.0
// MaskHead: which pixels of each region belong to its object, for each class. He et al., "Mask R-CNN", 2017.
#include "nn/composite.h"

namespace firesteel {

struct MaskHead final : CompositeOf<MaskHead> {
  int64_t in_channels = 0, resolution = 14, num_classes = 0, sampling_ratio = 2;
  Dims channels = {256, 256, 256, 256};
  std::vector<float> scales;

  static constexpr auto schema() {
    return Schema{
        "MaskHead",
        "block",
        "Scores of the pixels of each region for each class, (regions, classes, 2 resolution, 2 "
        "resolution). Takes the maps of a pyramid and, last, regions.",
        required("in_channels", &MaskHead::in_channels, "channels of the maps", positive),
        required("num_classes", &MaskHead::num_classes, "classes, the background included",
                 positive),
        required("scales", &MaskHead::scales, "pixels of each map for one of the image", positive),
        attr("resolution", &MaskHead::resolution, "height and width that a region is cut to",
             positive),
        attr("sampling_ratio", &MaskHead::sampling_ratio, "samples of each part, squared",
             nonnegative),
        attr("channels", &MaskHead::channels, "of the convolutions", positive)};
  }
  static Sample sample() {
    return {.attrs = {{"in_channels", int64_t{2}},
                      {"num_classes", int64_t{2}},
                      {"scales", Reals{0.47}},
                      {"resolution", int64_t{2}},
                      {"sampling_ratio", int64_t{3}},
                      {"channels", Dims{3}}},
            .in = {{2, 2, 6, 7}, {2, 3, 4}},
            .ids_below = 13,
            .ids_inputs = {1}};
  }
  void check() const override {
    require<AttrError>(!channels.empty(), "MaskHead.channels: must not be empty");
  }
  int least_inputs() const override { return static_cast<int>(scales.size()) + 1; }

  std::vector<Ref> build(Net& net, const std::vector<Ref>& in) const override {
    Ref regions = net.add("pooler", "Pooler",
                          {{"output_size", Dims{resolution}},
                           {"spatial_scales", Reals(scales.begin(), scales.end())},
                           {"sampling_ratio", sampling_ratio}},
                          in);
    Ref x = net.add("rows", "StepsToRows", {}, {regions});
    int64_t from = in_channels;
    for (size_t i = 0; i < channels.size(); ++i) {
      x = net.add(cat("conv", i + 1), "Conv2d",
                  {{"in_channels", from},
                   {"out_channels", channels[i]},
                   {"kernel_size", Dims{3}},
                   {"padding", Dims{1}}},
                  {x});
      x = net.add(cat("relu", i + 1), "ReLU", {}, {x});
      from = channels[i];
    }
    x = net.add("larger", "ConvTranspose2d",
                {{"in_channels", from},
                 {"out_channels", from},
                 {"kernel_size", Dims{2}},
                 {"stride", Dims{2}}},
                {x});
    x = net.add("larger_relu", "ReLU", {}, {x});
    x = net.add("mask", "Conv2d",
                {{"in_channels", from}, {"out_channels", num_classes}, {"kernel_size", Dims{1}}},
                {x});
    return {net.add("steps", "RowsToSteps", {}, {x, regions})};
  }
};
FIRESTEEL_LAYER(MaskHead);

}  // namespace firesteel
