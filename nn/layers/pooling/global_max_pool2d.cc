// SPDX-License-Identifier: Apache-2.0
// GlobalMaxPool2d: y[c] = maximum of x[c] over height and width.
#include "nn/layers/pooling/global.h"

namespace firesteel {

struct GlobalMaxPool2d final : DescribedBy<GlobalMaxPool2d, GlobalMaximum<2>> {
  static constexpr auto schema() {
    return Schema{"GlobalMaxPool2d", "pooling",
                  "Takes the maximum of each channel of an image; a row "
                  "of one number per channel results."};
  }
};
FIRESTEEL_LAYER(GlobalMaxPool2d);

}  // namespace firesteel
