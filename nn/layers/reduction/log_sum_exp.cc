// SPDX-License-Identifier: Apache-2.0
// LogSumExp: y = log(sum of exp(x)) over some extents.
#include <cmath>

#include "nn/layers/reduction/extreme.h"

namespace firesteel {

struct LogSumExp final : ReductionOf<LogSumExp> {
  static constexpr auto schema() {
    return Schema{"LogSumExp", "reduction",
                  "Takes the logarithm of the sum of exponentials along extents: a smooth maximum.",
                  kReducedDims, kKeepReduced};
  }
  static Sample sample() { return {.attrs = {{"dims", Dims{1, 3}}}, .in = {{2, 3, 2, 4}}}; }

  void prepare(Prepare& p) const override {
    ReductionLayer::prepare(p);
    p.scratch(static_cast<size_t>(numel(p.out())) * size_of(p.env().dtype));
    p.backward_reads_input();
    p.backward_reads_output();
  }

  template <class T>
  void forward_as(Run& r, const ReductionLoops& loops) const {
    auto* x = numbers<T>(r.x());
    T *y = numbers<T>(r.y()), *most = numbers<T>(r.scratch());
    find_extremes<true>(loops, x, most);
    for (int64_t k = 0; k < loops.results(); ++k) most[k] = std::isfinite(most[k]) ? most[k] : 0;
    loops.fold(x, y, T(0), [most](T v, int64_t k) { return std::exp(v - most[k]); }, folds::kSum);
    for (int64_t k = 0; k < loops.results(); ++k) y[k] = std::log(y[k]) + most[k];
  }
  template <class T>
  void backward_as(Run& r, const ReductionLoops& loops) const {
    auto *x = numbers<T>(r.x()), *dy = numbers<T>(r.dy());
    T* y = numbers<T>(r.y());
    loops.spread(numbers<T>(r.dx()),
                 [=](int64_t i, int64_t k) { return dy[k] * std::exp(x[i] - y[k]); });
  }
};
FIRESTEEL_LAYER(LogSumExp);

}  // namespace firesteel
