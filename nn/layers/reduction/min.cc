// SPDX-License-Identifier: Apache-2.0
// Min: y = the smallest x along some extents.
#include "nn/layers/reduction/extreme.h"

namespace firesteel {

struct Min final : ExtremeOf<Min, false> {
  static constexpr auto schema() {
    return Schema{"Min", "reduction",
                  "Takes the smallest number along extents; the gradient goes to the first such.",
                  kReducedDims, kKeepReduced};
  }
};
FIRESTEEL_LAYER(Min);

}  // namespace firesteel
