// SPDX-License-Identifier: Apache-2.0
// Norm: y = (sum of |x|^p)^(1/p) over some extents.
#include <cmath>

#include "nn/layers/reduction/reduce.h"

namespace firesteel {

struct Norm final : ReductionOf<Norm> {
  float p = 2;

  static constexpr auto schema() {
    return Schema{"Norm",
                  "reduction",
                  "Takes the norm of the numbers along extents.",
                  attr("p", &Norm::p, "2: Euclidean, 1: the sum of absolute values", positive),
                  kReducedDims,
                  kKeepReduced};
  }
  static Sample sample() {
    return {.attrs = {{"p", 3.0}, {"dims", Dims{1, 3}}}, .in = {{2, 3, 2, 4}}};
  }

  void prepare(Prepare& prepare) const override {
    ReductionLayer::prepare(prepare);
    prepare.backward_reads_input();
    prepare.backward_reads_output();
  }

  template <class T>
  void forward_as(Run& r, const ReductionLoops& loops) const {
    auto* x = numbers<T>(r.x());
    T *y = numbers<T>(r.y()), power = static_cast<T>(p);
    if (p == 2) {
      loops.fold(x, y, T(0), folds::kSquare, folds::kSum);
      for (int64_t k = 0; k < loops.results(); ++k) y[k] = std::sqrt(y[k]);
    } else if (p == 1) {
      loops.fold(x, y, T(0), [](T v, int64_t) { return std::abs(v); }, folds::kSum);
    } else {
      loops.fold(
          x, y, T(0), [=](T v, int64_t) { return std::pow(std::abs(v), power); }, folds::kSum);
      for (int64_t k = 0; k < loops.results(); ++k) y[k] = std::pow(y[k], 1 / power);
    }
  }
  // dy sign(x) (|x| / y)^(p - 1), and 0 where all x are 0.
  template <class T>
  void backward_as(Run& r, const ReductionLoops& loops) const {
    auto *x = numbers<T>(r.x()), *dy = numbers<T>(r.dy());
    T *dx = numbers<T>(r.dx()), *y = numbers<T>(r.y());
    if (p == 2) {
      loops.spread(dx, [=](int64_t i, int64_t k) { return y[k] > 0 ? dy[k] * x[i] / y[k] : T(0); });
      return;
    }
    T power = static_cast<T>(p) - 1;
    loops.spread(dx, [=](int64_t i, int64_t k) {
      if (x[i] == 0) return T(0);
      T share = power == 0 ? T(1) : std::pow(std::abs(x[i]) / y[k], power);
      return std::copysign(share, x[i]) * dy[k];
    });
  }
};
FIRESTEEL_LAYER(Norm);

}  // namespace firesteel
