// SPDX-License-Identifier: Apache-2.0
// Mean: y = mean of x over some extents.
#include "nn/layers/reduction/reduce.h"

namespace firesteel {

struct Mean final : ReductionOf<Mean> {
  static constexpr auto schema() {
    return Schema{"Mean", "reduction", "Takes the mean along extents.", kReducedDims, kKeepReduced};
  }
  static Sample sample() { return {.attrs = {{"dims", Dims{2}}}, .in = {{2, 3, 5, 4}}}; }

  template <class T>
  void forward_as(Run& r, const ReductionLoops& loops) const {
    T* y = numbers<T>(r.y());
    loops.fold(numbers<T>(r.x()), y, T(0), folds::kItself, folds::kSum);
    for (int64_t k = 0; k < loops.results(); ++k) y[k] /= static_cast<T>(loops.count());
  }
  template <class T>
  void backward_as(Run& r, const ReductionLoops& loops) const {
    T share = 1 / static_cast<T>(loops.count());
    auto* dy = numbers<T>(r.dy());
    loops.spread(numbers<T>(r.dx()), [=](int64_t, int64_t k) { return dy[k] * share; });
  }
};
FIRESTEEL_LAYER(Mean);

}  // namespace firesteel
