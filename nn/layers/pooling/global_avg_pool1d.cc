// SPDX-License-Identifier: Apache-2.0
// GlobalAvgPool1d: y[c] = mean of x[c] over the length.
#include "nn/layers/pooling/global.h"

namespace firesteel {

struct GlobalAvgPool1d final : DescribedBy<GlobalAvgPool1d, GlobalMean<1>> {
  static constexpr auto schema() {
    return Schema{"GlobalAvgPool1d", "pooling",
                  "Takes the mean of each channel of a sequence; a row "
                  "of one number per channel results."};
  }
};
FIRESTEEL_LAYER(GlobalAvgPool1d);

}  // namespace firesteel
