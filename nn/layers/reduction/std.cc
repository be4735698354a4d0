// SPDX-License-Identifier: Apache-2.0
// Std: y = sqrt(sum of (x - mean)^2 / (count - 1)) over some extents.
#include <cmath>

#include "nn/layers/reduction/variance.h"

namespace firesteel {

struct Std final : ReductionOf<Std, VarianceLayer> {
  static constexpr auto schema() {
    return Schema{"Std",        "reduction",  "Takes the standard deviation along extents.",
                  kReducedDims, kKeepReduced, kUnbiased};
  }

  void prepare(Prepare& p) const override {
    VarianceLayer::prepare(p);
    p.backward_reads_output();
  }

  template <class T>
  void forward_as(Run& r, const ReductionLoops& loops) const {
    variance<T>(r, loops);
    T* y = numbers<T>(r.y());
    for (int64_t k = 0; k < loops.results(); ++k) y[k] = std::sqrt(y[k]);
  }
  // 0 where all numbers are one.
  template <class T>
  void backward_as(Run& r, const ReductionLoops& loops) const {
    auto *x = numbers<T>(r.x()), *dy = numbers<T>(r.dy());
    T *mean = numbers<T>(r.saved()), *y = numbers<T>(r.y()), count = degrees<T>(loops);
    loops.spread(numbers<T>(r.dx()), [=](int64_t i, int64_t k) {
      return y[k] > 0 ? dy[k] * (x[i] - mean[k]) / (count * y[k]) : T(0);
    });
  }
};
FIRESTEEL_LAYER(Std);

}  // namespace firesteel
