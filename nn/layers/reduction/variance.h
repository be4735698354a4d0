// SPDX-License-Identifier: Apache-2.0
// What Var and Std share.
#pragma once

#include "nn/layers/reduction/reduce.h"

namespace firesteel {

struct VarianceLayer : ReductionLayer {
  bool unbiased = true;

  static Sample sample() { return {.attrs = {{"dims", Dims{1, 3}}}, .in = {{2, 3, 2, 4}}}; }

  Shapes infer(const Shapes& in) const override {
    Shapes out = ReductionLayer::infer(in);
    require(numel(in[0]) > numel(out[0]) || !unbiased,
            "input must have more than one number for a variance, got ", without_batch(in[0]));
    return out;
  }
  void prepare(Prepare& p) const override {
    ReductionLayer::prepare(p);
    p.save(static_cast<size_t>(numel(p.out())) * size_of(p.env().dtype));  // mean
    p.backward_reads_input();
  }

 protected:
  // What the sum of squares is divided by.
  template <class T>
  T degrees(const ReductionLoops& loops) const {
    return static_cast<T>(unbiased ? loops.count() - 1 : loops.count());
  }
  // Two passes: of the numbers, and of what they differ from their mean by.
  template <class T>
  void variance(Run& r, const ReductionLoops& loops) const {
    auto* x = numbers<T>(r.x());
    T *mean = numbers<T>(r.saved()), *y = numbers<T>(r.y());
    loops.fold(x, mean, T(0), folds::kItself, folds::kSum);
    for (int64_t k = 0; k < loops.results(); ++k) mean[k] /= static_cast<T>(loops.count());
    auto square = [mean](T v, int64_t k) { return (v - mean[k]) * (v - mean[k]); };
    loops.fold(x, y, T(0), square, folds::kSum);
    for (int64_t k = 0; k < loops.results(); ++k) y[k] /= degrees<T>(loops);
  }
};

inline constexpr auto kUnbiased =
    attr("unbiased", &VarianceLayer::unbiased,
         "divide by one less than there are numbers, as for a sample of a larger set");

}  // namespace firesteel
