// SPDX-License-Identifier: Apache-2.0
// GlobalMaxPool1d: y[c] = maximum of x[c] over the length.
#include "nn/layers/pooling/global.h"

namespace firesteel {

struct GlobalMaxPool1d final : DescribedBy<GlobalMaxPool1d, GlobalMaximum<1>> {
  static constexpr auto schema() {
    return Schema{"GlobalMaxPool1d", "pooling",
                  "Takes the maximum of each channel of a sequence; a row "
                  "of one number per channel results."};
  }
};
FIRESTEEL_LAYER(GlobalMaxPool1d);

}  // namespace firesteel
