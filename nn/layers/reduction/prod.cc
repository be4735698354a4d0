// SPDX-License-Identifier: Apache-2.0
// Prod: y = product of x over some extents.
#include "nn/layers/reduction/reduce.h"

namespace firesteel {

struct Prod final : ReductionOf<Prod> {
  static constexpr auto schema() {
    return Schema{"Prod", "reduction", "Multiplies numbers along extents.", kReducedDims,
                  kKeepReduced};
  }
  static Sample sample() { return {.attrs = {{"dims", Dims{1, 3}}}, .in = {{2, 3, 2, 2}}}; }

  void prepare(Prepare& p) const override {
    ReductionLayer::prepare(p);
    p.save(static_cast<size_t>(numel(p.out())) * size_of(p.env().dtype));  // without zeros
    p.save(static_cast<size_t>(numel(p.out())) * size_of(p.env().dtype));  // how many zeros
    p.backward_reads_input();
  }

  template <class T>
  void forward_as(Run& r, const ReductionLoops& loops) const {
    auto* x = numbers<T>(r.x());
    T *product = numbers<T>(r.saved(0)), *zeros = numbers<T>(r.saved(1)), *y = numbers<T>(r.y());
    loops.fold(
        x, product, T(1), [](T v, int64_t) { return v == 0 ? T(1) : v; },
        [](T a, T b) { return a * b; });
    loops.fold(x, zeros, T(0), [](T v, int64_t) { return v == 0 ? T(1) : T(0); }, folds::kSum);
    for (int64_t k = 0; k < loops.results(); ++k) y[k] = zeros[k] > 0 ? T(0) : product[k];
  }
  // The product of all others: of all without the zeros, divided by x, where x is the only zero or
  // there is none.
  template <class T>
  void backward_as(Run& r, const ReductionLoops& loops) const {
    auto *x = numbers<T>(r.x()), *dy = numbers<T>(r.dy());
    T *product = numbers<T>(r.saved(0)), *zeros = numbers<T>(r.saved(1));
    loops.spread(numbers<T>(r.dx()), [=](int64_t i, int64_t k) {
      T other_zeros = x[i] == 0 ? zeros[k] - 1 : zeros[k];
      T others = x[i] == 0 ? product[k] : product[k] / x[i];
      return other_zeros > 0 ? T(0) : dy[k] * others;
    });
  }
};
FIRESTEEL_LAYER(Prod);

}  // namespace firesteel
