// SPDX-License-Identifier: Apache-2.0
// GlobalAvgPool2d: y[c] = mean of x[c] over height and width.
#include "nn/layers/pooling/global.h"

namespace firesteel {

struct GlobalAvgPool2d final : DescribedBy<GlobalAvgPool2d, GlobalMean<2>> {
  static constexpr auto schema() {
    return Schema{"GlobalAvgPool2d", "pooling",
                  "Takes the mean of each channel of an image; a row "
                  "of one number per channel results."};
  }
};
FIRESTEEL_LAYER(GlobalAvgPool2d);

}  // namespace firesteel
