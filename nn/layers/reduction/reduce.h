// SPDX-License-Identifier: Apache-2.0
// What reductions share: each result is made of all numbers that differ in their place along the
// reduced extents only.
#pragma once

#include <algorithm>
#include <memory>
#include <vector>

#include "nn/layer.h"
#include "nn/layers/arithmetic/rows.h"
#include "nn/layers/shape/extents.h"

namespace firesteel {

// Loops over the input in the order of its memory, in runs: the numbers of a run belong either to
// one result or to one result each.
class ReductionLoops {
 public:
  // gone: by extent, whether it is reduced; the batch never is.
  ReductionLoops(const Shape& in, const std::vector<bool>& gone) {
    int64_t from = numel(in), to = 1;
    for (size_t d = 0; d < in.size(); ++d) to *= gone[d] ? 1 : in[d];
    results_ = to;
    count_ = from / to;
    bool last_gone = false;
    for (size_t d = 0; d < in.size(); ++d) {
      from /= in[d];
      to /= gone[d] ? 1 : in[d];
      if (in[d] == 1 && d > 0) continue;
      int64_t extent = in[d];
      bool joined = !levels_.empty() && gone[d] == last_gone;
      if (joined) extent *= levels_.back().extent, levels_.pop_back();
      levels_.push_back({extent, from, gone[d] ? 0 : to});
      last_gone = gone[d];
    }
    if (levels_.size() > 1) return;
    int64_t row = numel(in) / in[0];  // nothing is reduced
    levels_ = {{in[0], row, row}, {row, 1, 1}};
  }

  int64_t results() const { return results_; }
  int64_t count() const { return count_; }  // numbers of a result
  int64_t run() const { return levels_.back().extent; }
  // Whether the numbers of a run belong to one result.
  bool joins_run() const { return levels_.back().to == 0; }

  // Parts of the input that have nothing to do with each other: how many, and their sizes.
  int64_t parts() const { return levels_[0].extent; }
  int64_t numbers_of_part() const { return levels_[0].from; }
  int64_t results_of_part() const { return levels_[0].to; }
  // On all threads body(part) for all parts.
  template <class Body>
  void each_part(const Body& body) const {
    each_row(parts(), numbers_of_part(), body);
  }
  // body(first number, its result) for all runs of a part.
  template <class Body>
  void each_run(int64_t part, const Body& body) const {
    walk(1, part * numbers_of_part(), part * results_of_part(), body);
  }

  // y[k] = combine of map(x, k) over all x of result k, `first` before all.
  template <class T, class Map, class Combine>
  void fold(const T* x, T* y, T first, const Map& map, const Combine& combine) const {
    each_part([&](int64_t part) {
      std::fill_n(y + part * results_of_part(), results_of_part(), first);
      each_run(part, [&](int64_t i, int64_t k) {
        if (joins_run()) {
          auto one = [&](T value) { return map(value, k); };
          y[k] = combine(y[k], fold_run(x + i, run(), first, one, combine));
          return;
        }
        for (int64_t j = 0; j < run(); ++j) y[k + j] = combine(y[k + j], map(x[i + j], k + j));
      });
    });
  }
  // dx[i] = gradient(number i, its result) for all.
  template <class T, class Gradient>
  void spread(T* dx, const Gradient& gradient) const {
    each_part([&](int64_t part) {
      each_run(part, [&](int64_t i, int64_t k) {
        if (joins_run()) {
          for (int64_t j = 0; j < run(); ++j) dx[i + j] = gradient(i + j, k);
        } else {
          for (int64_t j = 0; j < run(); ++j) dx[i + j] = gradient(i + j, k + j);
        }
      });
    });
  }

  // Of numbers that lie together, in lanes that do not wait for each other.
  template <class T, class Map, class Combine>
  static T fold_run(const T* x, int64_t count, T first, const Map& map, const Combine& combine) {
    constexpr int64_t kLanes = 16;
    if (count < kLanes) {
      for (int64_t i = 0; i < count; ++i) first = combine(first, map(x[i]));
      return first;
    }
    T lanes[kLanes];
    std::fill_n(lanes, kLanes, first);
    int64_t whole = count / kLanes * kLanes;
    for (int64_t i = 0; i < whole; i += kLanes) {
      for (int64_t l = 0; l < kLanes; ++l) lanes[l] = combine(lanes[l], map(x[i + l]));
    }
    for (int64_t i = whole; i < count; ++i) lanes[i - whole] = combine(lanes[i - whole], map(x[i]));
    for (int64_t l = 1; l < kLanes; ++l) lanes[0] = combine(lanes[0], lanes[l]);
    return lanes[0];
  }

 private:
  // Neighbouring extents that are all reduced, or all not: steps in the input and in the results.
  struct Level {
    int64_t extent, from, to;
  };

  template <class Body>
  void walk(size_t level, int64_t from, int64_t to, const Body& body) const {
    if (level + 1 == levels_.size()) return body(from, to);
    const Level& l = levels_[level];
    for (int64_t i = 0; i < l.extent; ++i) walk(level + 1, from + i * l.from, to + i * l.to, body);
  }

  int64_t results_ = 0, count_ = 0;
  std::vector<Level> levels_;  // the first one holds the batch
};

struct ReductionLayer : Layer {
  Dims dims;
  bool keepdim = false;

  Shapes infer(const Shapes& in) const override {
    std::vector<bool> gone = reduced(in[0]);
    Shape out = {in[0][0]};
    for (size_t d = 1; d < in[0].size(); ++d) {
      if (!gone[d] || keepdim) out.push_back(gone[d] ? 1 : in[0][d]);
    }
    return {out};
  }
  Steps steps(const Shape& in) const override {
    bool behind = !dims.empty();
    for (int64_t d : dims) behind = behind && extent_of(d, in) > 1;
    return behind ? Steps::each : Steps::mixed;
  }
  void prepare(Prepare& p) const override {
    p.keep(std::make_unique<ReductionLoops>(p.in(), reduced(p.in())));
  }

 protected:
  std::vector<bool> reduced(const Shape& in) const {
    std::vector<bool> gone = chosen_extents(dims, in);
    for (size_t d = 1; d < in.size() && dims.empty(); ++d) gone[d] = true;
    return gone;
  }
};

inline constexpr auto kReducedDims =
    attr("dims", &ReductionLayer::dims,
         "the extents that become one; the batch is 0, the last one -1; empty: all", not_batch);
inline constexpr auto kKeepReduced =
    attr("keepdim", &ReductionLayer::keepdim, "leave an extent of 1 for each of them");

// Derived::forward_as<T> computes.
template <class Derived, class Base>
struct ReductionForwardOf : DescribedBy<Derived, Base> {
  void forward(Run& r) const override {
    by_dtype(r.dtype(), [&]<class T>() {
      static_cast<const Derived&>(*this).template forward_as<T>(r, r.op<ReductionLoops>());
    });
  }
};
// And backward_as<T> the gradient.
template <class Derived, class Base = ReductionLayer>
struct ReductionOf : ReductionForwardOf<Derived, Base> {
  void backward(Run& r) const override {
    if (!r.dx()) return;
    by_dtype(r.dtype(), [&]<class T>() {
      static_cast<const Derived&>(*this).template backward_as<T>(r, r.op<ReductionLoops>());
    });
  }
};
template <class Derived>
struct InferenceReductionOf : ReductionForwardOf<Derived, ReductionLayer> {
  bool trains() const final { return false; }
  void backward(Run&) const final {}
};

// Numbers at an address.
template <class T>
const T* numbers(const void* at) {
  return static_cast<const T*>(at);
}
template <class T>
T* numbers(void* at) {
  return static_cast<T*>(at);
}

namespace folds {
inline constexpr auto kItself = [](auto x, int64_t) { return x; };
inline constexpr auto kSquare = [](auto x, int64_t) { return x * x; };
inline constexpr auto kSum = [](auto a, auto b) { return a + b; };
inline constexpr auto kLargest = [](auto a, auto b) { return b > a || b != b ? b : a; };
}  // namespace folds

}  // namespace firesteel
