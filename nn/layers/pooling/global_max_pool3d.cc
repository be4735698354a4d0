// SPDX-License-Identifier: Apache-2.0
// GlobalMaxPool3d: y[c] = maximum of x[c] over depth, height and width.
#include "nn/layers/pooling/global.h"

namespace firesteel {

struct GlobalMaxPool3d final : DescribedBy<GlobalMaxPool3d, GlobalMaximum<3>> {
  static constexpr auto schema() {
    return Schema{"GlobalMaxPool3d", "pooling",
                  "Takes the maximum of each channel of a volume; a row "
                  "of one number per channel results."};
  }
};
FIRESTEEL_LAYER(GlobalMaxPool3d);

}  // namespace firesteel
