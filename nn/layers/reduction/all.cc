// SPDX-License-Identifier: Apache-2.0
// All: y = 1 where no x along some extents is 0, else 0.
#include "nn/layers/reduction/reduce.h"

namespace firesteel {

struct All final : InferenceReductionOf<All> {
  static constexpr auto schema() {
    return Schema{"All", "reduction",
                  "Says whether every number along extents is true, that is, not 0.", kReducedDims,
                  kKeepReduced};
  }
  static Sample sample() {
    return {.attrs = {{"dims", Dims{1, 3}}}, .in = {{2, 3, 2, 2}}, .ids_below = 2};
  }

  template <class T>
  void forward_as(Run& r, const ReductionLoops& loops) const {
    loops.fold(
        numbers<T>(r.x()), numbers<T>(r.y()), T(1),
        [](T x, int64_t) { return x != 0 ? T(1) : T(0); }, [](T a, T b) { return std::min(a, b); });
  }
};
FIRESTEEL_LAYER(All);

}  // namespace firesteel
