// SPDX-License-Identifier: Apache-2.0
// L2Loss: y = sum of x^2 / 2 over some extents.
#include "nn/layers/reduction/reduce.h"

namespace firesteel {

struct L2Loss final : ReductionOf<L2Loss> {
  static constexpr auto schema() {
    return Schema{"L2Loss", "reduction", "Adds half the squares of the numbers along extents.",
                  kReducedDims, kKeepReduced};
  }
  static Sample sample() { return {.attrs = {}, .in = {{2, 3, 4}}}; }

  void prepare(Prepare& p) const override {
    ReductionLayer::prepare(p);
    p.backward_reads_input();
  }

  template <class T>
  void forward_as(Run& r, const ReductionLoops& loops) const {
    T* y = numbers<T>(r.y());
    loops.fold(numbers<T>(r.x()), y, T(0), folds::kSquare, folds::kSum);
    for (int64_t k = 0; k < loops.results(); ++k) y[k] /= 2;
  }
  template <class T>
  void backward_as(Run& r, const ReductionLoops& loops) const {
    auto *x = numbers<T>(r.x()), *dy = numbers<T>(r.dy());
    loops.spread(numbers<T>(r.dx()), [=](int64_t i, int64_t k) { return dy[k] * x[i]; });
  }
};
FIRESTEEL_LAYER(L2Loss);

}  // namespace firesteel
