// SPDX-License-Identifier: Apache-2.0
// AvgPool2d: y = the mean of each window of x, channel by channel.
#include "nn/layers/pooling/pooling.h"

namespace firesteel {

struct AvgPool2d final : WindowedLayerOf<AvgPool2d> {
  bool count_include_pad = true;

  static constexpr auto schema() {
    return Schema{
        "AvgPool2d",
        "pooling",
        "Takes the mean of each window of an image.",
        kKernelSize,
        kStride,
        attr("padding", &AvgPool2d::padding, "zeros on each side", nonnegative_pair),
        kCeilMode,
        attr("count_include_pad", &AvgPool2d::count_include_pad, "padding counts in the mean")};
  }
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
