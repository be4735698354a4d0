// SPDX-License-Identifier: Apache-2.0
// GlobalAvgPool3d: y[c] = mean of x[c] over depth, height and width.
#include "nn/layers/pooling/global.h"

namespace firesteel {

struct GlobalAvgPool3d final : DescribedBy<GlobalAvgPool3d, GlobalMean<3>> {
  static constexpr auto schema() {
    return Schema{"GlobalAvgPool3d", "pooling",
                  "Takes the mean of each channel of a volume; a row "
                  "of one number per channel results."};
  }
};
FIRESTEEL_LAYER(GlobalAvgPool3d);

}  // namespace firesteel
