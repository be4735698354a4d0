// SPDX-License-Identifier: Apache-2.0
// Max: y = the largest x along some extents.
#include "nn/layers/reduction/extreme.h"

namespace firesteel {

struct Max final : ExtremeOf<Max, true> {
  static constexpr auto schema() {
    return Schema{"Max", "reduction",
                  "Takes the largest number along extents; the gradient goes to the first such.",
                  kReducedDims, kKeepReduced};
  }
};
FIRESTEEL_LAYER(Max);

}  // namespace firesteel
