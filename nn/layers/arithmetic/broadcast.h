// SPDX-License-Identifier: Apache-2.0
// Broadcasting, as in NumPy: shapes are aligned at their last extents, and where one has an extent
// of 1, or none, its numbers are repeated. The batch extent is that of all.
#pragma once

#include <algorithm>
#include <array>
#include <memory>
#include <type_traits>
#include <utility>
#include <vector>

#include "nn/layer.h"
#include "nn/layers/arithmetic/rows.h"

namespace firesteel {

// The shape of a result.
inline Shape broadcast_shape(const Shapes& in) {
  size_t rank = 0;
  for (const Shape& shape : in) rank = std::max(rank, shape.size());
  Shape out(rank, 1);
  out[0] = in[0][0];
  for (const Shape& shape : in) {
    require(shape[0] == out[0], "inputs must have as many rows, got ", out[0], " and ", shape[0]);
    for (size_t d = 1; d < shape.size(); ++d) {
      int64_t extent = shape[shape.size() - d];
      int64_t& to = out[rank - d];
      require(extent == to || extent == 1 || to == 1,
              "inputs must have the same extents, from the last one on, where none is 1, got ",
              without_batch(out), " and ", without_batch(shape));
      if (extent != 1) to = extent;
    }
  }
  return out;
}

// A walk over a result and the inputs' numbers that belong to it. Extents along which every input
// either goes on or is repeated are one.
class Broadcast {
 public:
  static constexpr size_t kMostInputs = 16;
  static constexpr int64_t kRun = 512;
  using Offsets = std::array<int64_t, kMostInputs>;
  // Numbers of the result that lie side by side: some rows of the last extent, or part of one.
  struct Run {
    int64_t at = 0;  // in the result
    Offsets in{};    // where the inputs' numbers begin
    int64_t rows = 1, width = 1;
    int64_t count() const { return rows * width; }
  };

  Broadcast(const Shapes& in, const Shape& out) : inputs_(in.size()) {
    Extent next{out[0], numel(out) / out[0], {}};
    for (size_t k = 0; k < inputs_; ++k) next.in[k] = numel(in[k]) / in[k][0];
    extents_.push_back(next);
    for (size_t d = 1; d < out.size(); ++d) {
      if (out[d] > 1) add(in, out, d);
    }
    for (size_t k = 0; k < inputs_; ++k) repeated_.push_back(numel(in[k]) != numel(out));
  }

  // Whether numbers of input k are repeated: its gradient is a sum.
  bool repeated(size_t k) const { return repeated_[k]; }
  // 1: the numbers of input k for a row lie side by side; 0: they are one.
  int64_t step(size_t k) const { return extents_.back().in[k]; }
  // From a row's to the next one's.
  int64_t row_step(size_t k) const {
    return extents_.size() > 1 ? extents_[extents_.size() - 2].in[k] : 0;
  }
  bool dense(size_t k, const Run& run) const {
    return step(k) == 1 && (run.rows == 1 || row_step(k) == run.width);
  }

  // body(run) for runs of at most kRun numbers, in order within a row of the batch; several rows at
  // once.
  template <class Body>
  void each_run(const Body& body) const {
    int64_t inside = 1;
    for (size_t d = 1; d < extents_.size(); ++d) inside *= extents_[d].count;
    parallel_for(extents_[0].count, kNumbersOfPart / inside + 1,
                 [&](int64_t from, int64_t to) { walk(0, from, to, {}, body); });
  }
  // One after the other.
  template <class Body>
  void each_run_in_order(const Body& body) const {
    walk(0, 0, extents_[0].count, {}, body);
  }

 private:
  struct Extent {
    int64_t count, out;  // out, in: elements from one to the next
    Offsets in;
  };

  void add(const Shapes& in, const Shape& out, size_t d) {
    auto stride = [](const Shape& shape, size_t at) {
      int64_t elements = 1;
      for (size_t i = at + 1; i < shape.size(); ++i) elements *= shape[i];
      return elements;
    };
    Extent next{out[d], stride(out, d), {}};
    bool goes_on = extents_.back().out == next.out * next.count;
    for (size_t k = 0; k < inputs_; ++k) {
      size_t missing = out.size() - in[k].size();
      bool repeats = d <= missing || in[k][d - missing] == 1;
      next.in[k] = repeats ? 0 : stride(in[k], d - missing);
      goes_on = goes_on && extents_.back().in[k] == next.in[k] * next.count;
    }
    if (goes_on) {
      next.count *= extents_.back().count;
      extents_.back() = next;
    } else {
      extents_.push_back(next);
    }
  }

  void move(Run& run, const Extent& extent, int64_t by) const {
    run.at += by * extent.out;
    for (size_t k = 0; k < inputs_; ++k) run.in[k] += by * extent.in[k];
  }

  // Of extent d the numbers [from, to), and all of those within it.
  template <class Body>
  void walk(size_t d, int64_t from, int64_t to, Run run, const Body& body) const {
    const Extent& extent = extents_[d];
    size_t within = extents_.size() - d - 1;
    move(run, extent, from);
    if (within == 0) {
      for (int64_t i = from; i < to; i += kRun) {
        run.width = std::min(kRun, to - i);
        body(std::as_const(run));
        move(run, extent, kRun);
      }
    } else if (int64_t width = extents_[d + 1].count; within == 1 && 2 * width <= kRun) {
      int64_t rows = kRun / width;
      run.width = width;
      for (int64_t i = from; i < to; i += rows) {
        run.rows = std::min(rows, to - i);
        body(std::as_const(run));
        move(run, extent, rows);
      }
    } else {
      for (int64_t i = from; i < to; ++i) {
        walk(d + 1, 0, extents_[d + 1].count, run, body);
        move(run, extent, 1);
      }
    }
  }

  size_t inputs_;
  std::vector<Extent> extents_;
  std::vector<bool> repeated_;
};

// The walk of a layer, kept as its first operation. zero_stays: a result of zeros alone is zero, so
// that inputs of one shape may come in any layout.
inline void prepare_broadcast(Prepare& p, bool zero_stays) {
  Shapes in;
  bool alike = true;
  for (size_t k = 0; k < p.inputs(); ++k) {
    in.push_back(p.in(k));
    alike = alike && p.in(k) == p.out();
  }
  if (!alike || !zero_stays) {
    p.keep(std::make_unique<Broadcast>(in, p.out()));
    return;
  }
  // All in the layout of the first, whatever it is: the others are converted where they differ.
  for (size_t k = 0; k < p.inputs(); ++k) p.want(k, p.offered());
  p.set_output(0, p.offered());
  Shape flat = {p.offered().elements()};
  p.keep(std::make_unique<Broadcast>(Shapes(p.inputs(), flat), flat));
}

// Input k's numbers of a run as T: where they lie, or written to `room`.
template <class T, class Value>
const T* numbers(const Broadcast& walk, size_t k, const Broadcast::Run& run, const void* x,
                 T* room) {
  auto* from = static_cast<const Value*>(x) + run.in[k];
  if constexpr (std::is_same_v<T, Value>) {
    if (walk.dense(k, run)) return from;
  }
  T* to = room;
  for (int64_t row = 0; row < run.rows; ++row, from += walk.row_step(k)) {
    if (walk.step(k) == 0) {
      std::fill_n(to, run.width, static_cast<T>(*from));
    } else {
      for (int64_t i = 0; i < run.width; ++i) to[i] = static_cast<T>(from[i]);
    }
    to += run.width;
  }
  return room;
}
// The result's numbers of a run as T, likewise.
template <class T, class Value>
const T* numbers(const Broadcast::Run& run, const void* y, T* room) {
  auto* from = static_cast<const Value*>(y) + run.at;
  if constexpr (std::is_same_v<T, Value>) {
    return from;
  } else {
    for (int64_t i = 0; i < run.count(); ++i) room[i] = static_cast<T>(from[i]);
    return room;
  }
}
// Where a run's numbers are to be written before they are put there: at once, or to `room`.
template <class T, class Value>
T* place(const Broadcast::Run& run, void* y, T* room) {
  if constexpr (std::is_same_v<T, Value>) {
    return static_cast<T*>(y) + run.at;
  } else {
    return room;
  }
}
template <class T, class Value>
void put(const Broadcast::Run& run, const T* written, void* y) {
  if constexpr (!std::is_same_v<T, Value>) {
    auto* to = static_cast<Value*>(y) + run.at;
    for (int64_t i = 0; i < run.count(); ++i) to[i] = static_cast<Value>(written[i]);
  }
}

// Adds a run's gradient to that of an input whose numbers are repeated.
template <class T>
void add_repeated(const Broadcast& walk, size_t k, const Broadcast::Run& run, const T* g, T* dx) {
  T* to = dx + run.in[k];
  for (int64_t row = 0; row < run.rows; ++row, to += walk.row_step(k), g += run.width) {
    if (walk.step(k) == 0) {
      *to += sum_of<T>(run.width, [&](int64_t i) { return g[i]; });
    } else {
      for (int64_t i = 0; i < run.width; ++i) to[i] += g[i];
    }
  }
}
// Before the first one.
template <class T>
void zero_repeated(const ::firesteel::Run& r, const Broadcast& walk) {
  for (size_t k = 0; k < r.inputs(); ++k) {
    if (r.dx(k) && walk.repeated(k)) std::fill_n(static_cast<T*>(r.dx(k)), numel(r.in(k)), T(0));
  }
}
// Input k's gradient of a run, which fill(to) writes. Repeated ones are of type T.
template <class T, class Value, class Fill>
void put_gradient(const Broadcast& walk, size_t k, const Broadcast::Run& run, void* dx,
                  const Fill& fill) {
  T room[Broadcast::kRun];
  if (walk.repeated(k)) {
    fill(room);
    add_repeated(walk, k, run, room, static_cast<T*>(dx));
  } else {
    T* to = place<T, Value>(run, dx, room);
    fill(to);
    put<T, Value>(run, to, dx);
  }
}

}  // namespace firesteel
