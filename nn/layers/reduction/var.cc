// SPDX-License-Identifier: Apache-2.0
// Var: y = sum of (x - mean)^2 / (count - 1) over some extents.
#include "nn/layers/reduction/variance.h"

namespace firesteel {

struct Var final : ReductionOf<Var, VarianceLayer> {
  static constexpr auto schema() {
    return Schema{"Var",        "reduction",  "Takes the variance along extents.",
                  kReducedDims, kKeepReduced, kUnbiased};
  }

  template <class T>
  void forward_as(Run& r, const ReductionLoops& loops) const {
    variance<T>(r, loops);
  }
  template <class T>
  void backward_as(Run& r, const ReductionLoops& loops) const {
    auto *x = numbers<T>(r.x()), *dy = numbers<T>(r.dy());
    T *mean = numbers<T>(r.saved()), factor = 2 / degrees<T>(loops);
    loops.spread(numbers<T>(r.dx()),
                 [=](int64_t i, int64_t k) { return factor * dy[k] * (x[i] - mean[k]); });
  }
};
FIRESTEEL_LAYER(Var);

}  // namespace firesteel
