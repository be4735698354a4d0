// SPDX-License-Identifier: Apache-2.0
// Largest and smallest numbers, and where they are.
#pragma once

#include <limits>

#include "nn/layers/reduction/reduce.h"

namespace firesteel {

// Whether a goes before b; a number that is none goes before all others.
template <bool kLargest, class T>
bool is_before(T a, T b) {
  // Without branches, so that loops become vectors.
  return (kLargest ? a > b : a < b) | (a != a);
}

template <bool kLargest, class T>
constexpr T worst() {
  return kLargest ? -std::numeric_limits<T>::infinity() : std::numeric_limits<T>::infinity();
}

// y: the largest (or smallest) number of each result.
template <bool kLargest, class T>
void find_extremes(const ReductionLoops& loops, const T* x, T* y) {
  auto better = [](T a, T b) { return is_before<kLargest>(b, a) ? b : a; };
  loops.fold(x, y, worst<kLargest, T>(), folds::kItself, better);
}

// And at: the place of the first one that is it, counted within the part; -1 where all are infinite.
template <bool kLargest, class T>
void find_extremes(const ReductionLoops& loops, const T* x, T* y, int32_t* at) {
  auto better = [](T a, T b) { return is_before<kLargest>(b, a) ? b : a; };
  auto itself = [](T value) { return value; };
  loops.each_part([&](int64_t part) {
    int64_t results = loops.results_of_part(), run = loops.run();
    std::fill_n(y + part * results, results, worst<kLargest, T>());
    std::fill_n(at + part * results, results, -1);
    const T* begin = x + part * loops.numbers_of_part();
    loops.each_run(part, [&](int64_t i, int64_t k) {
      auto place = static_cast<int32_t>(x + i - begin);
      if (loops.joins_run()) {
        T best = ReductionLoops::fold_run(x + i, run, worst<kLargest, T>(), itself, better);
        if (!is_before<kLargest>(best, y[k])) return;
        auto is_best = [best](T value) { return value == best || value != value; };
        y[k] = best;
        at[k] = static_cast<int32_t>(std::find_if(x + i, x + i + run, is_best) - begin);
        return;
      }
      for (int64_t j = 0; j < run; ++j) {
        bool found = is_before<kLargest>(x[i + j], y[k + j]);
        y[k + j] = found ? x[i + j] : y[k + j];
        at[k + j] = found ? place + static_cast<int32_t>(j) : at[k + j];
      }
    });
  });
}

// The gradient goes to the first extreme of each result.
template <class Derived, bool kLargest>
struct ExtremeOf : ReductionOf<Derived> {
  static Sample sample() { return {.attrs = {{"dims", Dims{1, 3}}}, .in = {{2, 3, 2, 4}}}; }

  void prepare(Prepare& p) const override {
    this->ReductionLayer::prepare(p);
    if (p.training()) p.save(static_cast<size_t>(numel(p.out())) * sizeof(int32_t));
  }

  template <class T>
  void forward_as(Run& r, const ReductionLoops& loops) const {
    if (!r.training()) return find_extremes<kLargest>(loops, numbers<T>(r.x()), numbers<T>(r.y()));
    find_extremes<kLargest>(loops, numbers<T>(r.x()), numbers<T>(r.y()),
                            numbers<int32_t>(r.saved()));
  }
  template <class T>
  void backward_as(Run& r, const ReductionLoops& loops) const {
    auto* at = numbers<int32_t>(r.saved());
    auto* dy = numbers<T>(r.dy());
    loops.each_part([&, results = loops.results_of_part()](int64_t part) {
      T* dx = numbers<T>(r.dx()) + part * loops.numbers_of_part();
      std::fill_n(dx, loops.numbers_of_part(), T(0));
      for (int64_t k = part * results; k < (part + 1) * results; ++k) {
        if (at[k] >= 0) dx[at[k]] = dy[k];
      }
    });
  }
};

// Places along one extent.
template <class Derived, bool kLargest>
struct ArgExtremeOf : InferenceLayerOf<Derived> {
  int64_t dim = -1;
  bool keepdim = false;

  static Sample sample() { return {.attrs = {{"dim", int64_t{2}}}, .in = {{2, 3, 4, 2}}}; }

  Shapes infer(const Shapes& in) const override {
    size_t d = place_of(dim, in[0]);
    Shape out = in[0];
    out[d] = 1;
    if (!keepdim) out.erase(out.begin() + static_cast<std::ptrdiff_t>(d));
    return {out};
  }
  Steps steps(const Shape& in) const override { return steps_behind(extent_of(dim, in)); }
  void prepare(Prepare& p) const override {
    p.keep(std::make_unique<ReductionLoops>(p.in(), chosen_extents({dim}, p.in())));
    p.scratch(static_cast<size_t>(numel(p.out())) * (sizeof(int32_t) + size_of(p.env().dtype)));
  }

  void forward(Run& r) const override {
    by_dtype(r.dtype(), [&]<class T>() {
      const auto& loops = r.op<ReductionLoops>();
      T* best = numbers<T>(r.scratch());
      auto* at = reinterpret_cast<int32_t*>(best + loops.results());
      find_extremes<kLargest>(loops, numbers<T>(r.x()), best, at);
      size_t d = extent_of(dim, r.in());
      int64_t extent = r.in()[d], inner = numel_of(r.in(), d + 1, r.in().size());
      T* y = numbers<T>(r.y());
      for (int64_t k = 0; k < loops.results(); ++k) {
        y[k] = at[k] < 0 ? T(0) : static_cast<T>(at[k] / inner % extent);
      }
    });
  }
};

}  // namespace firesteel
