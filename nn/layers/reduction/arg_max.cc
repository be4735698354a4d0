// SPDX-License-Identifier: Apache-2.0
// ArgMax: y = the place of the largest x along one extent, the first of several.
#include "nn/layers/reduction/extreme.h"

namespace firesteel {

struct ArgMax final : ArgExtremeOf<ArgMax, true> {
  static constexpr auto schema() {
    return Schema{
        "ArgMax", "reduction", "Gives the place of the largest number along an extent.",
        attr("dim", &ArgMax::dim, "the extent; the batch is 0, the last one -1", not_batch),
        attr("keepdim", &ArgMax::keepdim, "leave an extent of 1 for it")};
  }
};
FIRESTEEL_LAYER(ArgMax);

}  // namespace firesteel
