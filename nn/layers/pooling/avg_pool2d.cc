// SPDX-License-Identifier: Apache-2.0
// AvgPool2d: y = the mean of each window of x, channel by channel.
#include "nn/layers/pooling/pooling.h"

namespace firesteel {

struct AvgPool2d final : LayerOf<AvgPool2d> {
  Dims kernel_size = {1}, stride = {}, padding = {0};
  bool ceil_mode = false;
  bool count_include_pad = true;

  static constexpr auto schema() {
    return Schema{
        "AvgPool2d",
        "pooling",
        "Takes the mean of each window of an image.",
        required("kernel_size", &AvgPool2d::kernel_size, "height and width of the window",
                 positive_pair),
        attr("stride", &AvgPool2d::stride, "step of the window; empty: kernel_size",
             rules::EmptyOr<rules::Pair<1>>{}),
        attr("padding", &AvgPool2d::padding, "zeros on each side", nonnegative_pair),
        attr("ceil_mode", &AvgPool2d::ceil_mode, "round the number of windows up instead of down"),
        attr("count_include_pad", &AvgPool2d::count_include_pad, "padding counts in the mean")};
  }
  static Sample sample() {
    return {.attrs = {{"kernel_size", Dims{3}},
                      {"stride", Dims{2}},
                      {"padding", Dims{1}},
                      {"ceil_mode", true}},
            .in = {{2, 3, 6, 5}}};
  }

  PoolWindow window() const { return {kernel_size, stride, padding, ceil_mode}; }
  void check() const override { window().check(kind()); }
  Shapes infer(const Shapes& in) const override { return {window().output(in[0])}; }
  void prepare(Prepare& p) const override {
    prepare_pool(p,
                 count_include_pad ? PoolSpec::Kind::average_with_padding : PoolSpec::Kind::average,
                 window());
  }
  void forward(Run& r) const override { forward_pool(r); }
  void backward(Run& r) const override { backward_pool(r); }
};
FIRESTEEL_LAYER(AvgPool2d);

}  // namespace firesteel
