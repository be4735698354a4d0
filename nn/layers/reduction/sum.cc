// SPDX-License-Identifier: Apache-2.0
// Sum: y = sum of x over some extents.
#include "nn/layers/reduction/reduce.h"

namespace firesteel {

struct Sum final : ReductionOf<Sum> {
  static constexpr auto schema() {
    return Schema{"Sum", "reduction", "Adds numbers along extents.", kReducedDims, kKeepReduced};
  }
  static Sample sample() {
    return {.attrs = {{"dims", Dims{1, -1}}, {"keepdim", true}}, .in = {{2, 3, 2, 4}}};
  }

  template <class T>
  void forward_as(Run& r, const ReductionLoops& loops) const {
    loops.fold(numbers<T>(r.x()), numbers<T>(r.y()), T(0), folds::kItself, folds::kSum);
  }
  template <class T>
  void backward_as(Run& r, const ReductionLoops& loops) const {
    auto* dy = numbers<T>(r.dy());
    loops.spread(numbers<T>(r.dx()), [dy](int64_t, int64_t k) { return dy[k]; });
  }
};
FIRESTEEL_LAYER(Sum);

}  // namespace firesteel
