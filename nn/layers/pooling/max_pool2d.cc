// SPDX-License-Identifier: Apache-2.0
// MaxPool2d: y = the maximum of each window of x, channel by channel.
#include "nn/layers/pooling/pooling.h"

namespace firesteel {

struct MaxPool2d final : LayerOf<MaxPool2d> {
  Dims kernel_size = {1}, stride = {}, padding = {0};
  bool ceil_mode = false;

  static constexpr auto schema() {
    return Schema{
        "MaxPool2d",
        "pooling",
        "Takes the maximum of each window of an image.",
        required("kernel_size", &MaxPool2d::kernel_size, "height and width of the window",
                 positive_pair),
        attr("stride", &MaxPool2d::stride, "step of the window; empty: kernel_size",
             rules::EmptyOr<rules::Pair<1>>{}),
        attr("padding", &MaxPool2d::padding, "points on each side that never are the maximum",
             nonnegative_pair),
        attr("ceil_mode", &MaxPool2d::ceil_mode, "round the number of windows up instead of down")};
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
  void prepare(Prepare& p) const override { prepare_pool(p, PoolSpec::Kind::max, window()); }
  void forward(Run& r) const override { forward_pool(r); }
  void backward(Run& r) const override { backward_pool(r); }
};
FIRESTEEL_LAYER(MaxPool2d);

}  // namespace firesteel
