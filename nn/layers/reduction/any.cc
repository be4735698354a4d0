// SPDX-License-Identifier: Apache-2.0
// Any: y = 1 where any x along some extents is not 0, else 0.
#include "nn/layers/reduction/reduce.h"

namespace firesteel {

struct Any final : InferenceReductionOf<Any> {
  static constexpr auto schema() {
    return Schema{"Any", "reduction",
                  "Says whether any number along extents is true, that is, not 0.", kReducedDims,
                  kKeepReduced};
  }
  static Sample sample() {
    return {.attrs = {{"dims", Dims{1, 3}}}, .in = {{2, 3, 2, 2}}, .ids_below = 2};
  }

  template <class T>
  void forward_as(Run& r, const ReductionLoops& loops) const {
    loops.fold(
        numbers<T>(r.x()), numbers<T>(r.y()), T(0),
        [](T x, int64_t) { return x != 0 ? T(1) : T(0); }, [](T a, T b) { return std::max(a, b); });
  }
};
FIRESTEEL_LAYER(Any);

}  // namespace firesteel
