// SPDX-License-Identifier: Apache-2.0
// AdaptiveMaxPool2d: y = the maximum of each window of x, as many windows as the output has points.
#include "nn/layers/pooling/adaptive.h"

namespace firesteel {

struct AdaptiveMaxPool2d final : DescribedBy<AdaptiveMaxPool2d, AdaptiveLayer> {
  static constexpr auto schema() {
    return Schema{
        "AdaptiveMaxPool2d", "pooling",
        "Takes the maximum of windows that make an image of any size one of a given size.",
        kOutputSize};
  }
  void prepare(Prepare& p) const override { prepare_adaptive(p, PoolSpec::Kind::max); }
};
FIRESTEEL_LAYER(AdaptiveMaxPool2d);

}  // namespace firesteel
