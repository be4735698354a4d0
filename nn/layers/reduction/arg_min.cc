// SPDX-License-Identifier: Apache-2.0
// ArgMin: y = the place of the smallest x along one extent, the first of several.
#include "nn/layers/reduction/extreme.h"

namespace firesteel {

struct ArgMin final : ArgExtremeOf<ArgMin, false> {
  static constexpr auto schema() {
    return Schema{
        "ArgMin", "reduction", "Gives the place of the smallest number along an extent.",
        attr("dim", &ArgMin::dim, "the extent; the batch is 0, the last one -1", not_batch),
        attr("keepdim", &ArgMin::keepdim, "leave an extent of 1 for it")};
  }
};
FIRESTEEL_LAYER(ArgMin);

}  // namespace firesteel
