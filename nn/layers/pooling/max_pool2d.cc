// SPDX-License-Identifier: Apache-2.0
// MaxPool2d: y = the maximum of each window of x, channel by channel.
#include "nn/layers/pooling/pooling.h"

namespace firesteel {

struct MaxPool2d final : WindowedLayerOf<MaxPool2d> {
  static constexpr auto schema() {
    return Schema{"MaxPool2d",
                  "pooling",
                  "Takes the maximum of each window of an image.",
                  kKernelSize,
                  kStride,
                  attr("padding", &MaxPool2d::padding,
                       "points on each side that never are the maximum", nonnegative_pair),
                  kCeilMode};
  }
  void prepare(Prepare& p) const override { prepare_pool(p, PoolSpec::Kind::max, window()); }
  void forward(Run& r) const override { forward_pool(r); }
  void backward(Run& r) const override { backward_pool(r); }
};
FIRESTEEL_LAYER(MaxPool2d);

}  // namespace firesteel
