// SPDX-License-Identifier: Apache-2.0
// AdaptiveAvgPool2d: y = the mean of each window of x, as many windows as the output has points.
#include "nn/layers/pooling/adaptive.h"

namespace firesteel {

struct AdaptiveAvgPool2d final : DescribedBy<AdaptiveAvgPool2d, AdaptiveLayer> {
  static constexpr auto schema() {
    return Schema{"AdaptiveAvgPool2d", "pooling",
                  "Takes the mean of windows that make an image of any size one of a given size.",
                  kOutputSize};
  }
  void prepare(Prepare& p) const override { prepare_adaptive(p, PoolSpec::Kind::average); }
};
FIRESTEEL_LAYER(AdaptiveAvgPool2d);

}  // namespace firesteel
