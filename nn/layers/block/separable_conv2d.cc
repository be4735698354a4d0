// SPDX-License-Identifier: Apache-2.0
// SeparableConv2d: a convolution of each channel by itself, then a 1x1 convolution of all. Chollet, 2017.
#include "nn/composite.h"
#include "nn/weight_init.h"

namespace firesteel {

struct SeparableConv2d final : CompositeOf<SeparableConv2d> {
  int64_t in_channels = 0, out_channels = 0, depth_multiplier = 1;
  Dims kernel_size = {1}, stride = {1}, padding = {0}, dilation = {1};
  bool bias = true;
  std::string init = "default";

  static constexpr auto schema() {
    using Self = SeparableConv2d;
    return Schema{
        "SeparableConv2d",
        "block",
        "Convolves each channel by itself, and mixes channels at each point.",
        required("in_channels", &Self::in_channels, "channels of the input", positive),
        required("out_channels", &Self::out_channels, "channels of the output", positive),
        required("kernel_size", &Self::kernel_size, "height and width of the kernel",
                 positive_pair),
        attr("stride", &Self::stride, "step of the window", positive_pair),
        attr("padding", &Self::padding, "zeros on each side", nonnegative_pair),
        attr("dilation", &Self::dilation, "distance of the kernel's points", positive_pair),
        attr("depth_multiplier", &Self::depth_multiplier,
             "channels that each one becomes before they are mixed", positive),
        attr("bias", &Self::bias, "add a learned bias to the result"),
        attr("init", &Self::init, "first weights, as Conv2d has them", known_init)};
  }
  static Sample sample() {
    return {.attrs = {{"in_channels", int64_t{2}},
                      {"out_channels", int64_t{3}},
                      {"kernel_size", Dims{2}},
                      {"padding", Dims{1}},
                      {"depth_multiplier", int64_t{2}}},
            .in = {{2, 2, 3, 4}}};
  }

  std::vector<Ref> build(Net& net, const std::vector<Ref>& in) const override {
    int64_t inner = in_channels * depth_multiplier;
    Ref x = net.add("depthwise", "Conv2d",
                    {{"in_channels", in_channels},
                     {"out_channels", inner},
                     {"kernel_size", kernel_size},
                     {"stride", stride},
                     {"padding", padding},
                     {"dilation", dilation},
                     {"groups", in_channels},
                     {"bias", false},
                     {"init", init}},
                    {in[0]});
    return {net.add("pointwise", "Conv2d",
                    {{"in_channels", inner},
                     {"out_channels", out_channels},
                     {"kernel_size", Dims{1}},
                     {"bias", bias},
                     {"init", init}},
                    {x})};
  }
};
FIRESTEEL_LAYER(SeparableConv2d);

}  // namespace firesteel
