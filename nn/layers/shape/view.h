// SPDX-License-Identifier: Apache-2.0
// Layers whose output is the numbers of the input in another order, some left out or several times.
#pragma once

#include <algorithm>
#include <cstddef>
#include <memory>
#include <vector>

#include "nn/layer.h"
#include "nn/layers/arithmetic/rows.h"

namespace firesteel {

// Element (n, i, j, ...) of a view is number n steps[0] + start + i steps[1] + j steps[2] + ... of
// its tensor. No step leads from one row of the batch into another.
struct TensorView {
  Shape extents;
  Dims steps;
  int64_t start = 0;

  // The tensor itself.
  explicit TensorView(const Shape& shape) : extents(shape), steps(shape.size(), 1) {
    for (size_t d = shape.size(); d-- > 1;) steps[d - 1] = steps[d] * shape[d];
  }
  // Of extent d `length` numbers, from `first` on each `stride`-th.
  void take(size_t d, int64_t first, int64_t length, int64_t stride = 1) {
    start += first * steps[d];
    extents[d] = length;
    steps[d] *= stride;
  }
  // Everything `times` times, along an extent of its own.
  void repeat(size_t d, int64_t times) {
    extents.insert(extents.begin() + static_cast<std::ptrdiff_t>(d), times);
    steps.insert(steps.begin() + static_cast<std::ptrdiff_t>(d), 0);
  }
  void drop(size_t d) {
    extents.erase(extents.begin() + static_cast<std::ptrdiff_t>(d));
    steps.erase(steps.begin() + static_cast<std::ptrdiff_t>(d));
  }
  // Extent d becomes what extent order[d] was.
  void reorder(const Dims& order) {
    TensorView old = *this;
    for (size_t d = 0; d < order.size(); ++d) {
      extents[d] = old.extents[static_cast<size_t>(order[d])];
      steps[d] = old.steps[static_cast<size_t>(order[d])];
    }
  }
};

// Copies between a tensor and a view of it.
class ViewCopy {
 public:
  ViewCopy(const TensorView& view, const Shape& tensor)
      : rows_(tensor[0]),
        row_(numel(tensor) / rows_),
        view_row_(numel(view.extents) / rows_),
        start_(view.start) {
    int64_t to = view_row_;
    for (size_t d = 1; d < view.extents.size(); ++d) {
      int64_t extent = view.extents[d], from = view.steps[d];
      to /= extent;
      if (extent == 1) continue;
      repeats_ = repeats_ || from == 0;
      bool joined = !outer_.empty() && outer_.back().from == from * extent;
      if (joined) extent *= outer_.back().extent, outer_.pop_back();
      outer_.push_back({extent, from, to});
    }
    choose_plane();
  }

  // y: the view of x.
  template <class T>
  void read(const T* x, T* y) const {
    each_row(rows_, view_row_, [&](int64_t n) {
      walk(0, n * row_ + start_, n * view_row_, [&](int64_t from, int64_t to, int64_t count) {
        if (inner_.from == 1) {
          std::copy_n(x + from, count, y + to);
        } else {
          for (int64_t i = 0; i < count; ++i) y[to + i] = x[from + i * inner_.from];
        }
      });
    });
  }

  // dx: of each number the sum of all dy that were read from it.
  template <class T>
  void add_back(const T* dy, T* dx) const {
    each_row(rows_, std::max(row_, view_row_), [&](int64_t n) {
      if (repeats_ || row_ != view_row_) std::fill_n(dx + n * row_, row_, T(0));
      walk(0, n * row_ + start_, n * view_row_,
           [&](int64_t to, int64_t from, int64_t count) { run_back(dy + from, dx + to, count); });
    });
  }

 private:
  struct Level {
    int64_t extent = 1, from = 0, to = 0;  // steps in the tensor and in the view
  };
  // Columns of a plane that is copied across, so that lines of the cache are used up.
  static constexpr int64_t kColumns = 16;

  // The last two loops: along the view, and, where that is across the tensor, along the tensor.
  void choose_plane() {
    inner_ = {1, 1, 1};
    if (!outer_.empty()) inner_ = outer_.back(), outer_.pop_back();
    columns_ = inner_.extent;
    if (outer_.empty()) return;
    auto along = outer_.end() - 1;
    if (inner_.from != 1 && inner_.from != 0) {
      auto found = std::find_if(outer_.begin(), outer_.end(),
                                [](const Level& level) { return level.from == 1; });
      if (found != outer_.end()) along = found, columns_ = kColumns;
    }
    beside_ = *along;
    outer_.erase(along);
  }

  // body(index in the tensor, index in the view, count) for all runs of the view.
  template <class Body>
  void walk(size_t level, int64_t from, int64_t to, const Body& body) const {
    if (level < outer_.size()) {
      const Level& l = outer_[level];
      for (int64_t i = 0; i < l.extent; ++i) {
        walk(level + 1, from + i * l.from, to + i * l.to, body);
      }
      return;
    }
    for (int64_t j = 0; j < inner_.extent; j += columns_) {
      int64_t count = std::min(columns_, inner_.extent - j);
      for (int64_t i = 0; i < beside_.extent; ++i) {
        body(from + i * beside_.from + j * inner_.from, to + i * beside_.to + j, count);
      }
    }
  }

  template <class T>
  void run_back(const T* dy, T* dx, int64_t count) const {
    int64_t step = inner_.from;
    if (step == 0) {
      T sum = 0;
      for (int64_t i = 0; i < count; ++i) sum += dy[i];
      *dx += sum;
    } else if (!repeats_ && step == 1) {
      std::copy_n(dy, count, dx);
    } else if (!repeats_) {
      for (int64_t i = 0; i < count; ++i) dx[i * step] = dy[i];
    } else {
      for (int64_t i = 0; i < count; ++i) dx[i * step] += dy[i];
    }
  }

  int64_t rows_, row_, view_row_, start_;
  bool repeats_ = false;
  std::vector<Level> outer_;
  Level inner_, beside_;
  int64_t columns_ = 1;  // of a plane at a time
};

template <class Derived>
struct ViewOf : LayerOf<Derived> {
  // Of an input of this shape. Throws ShapeError.
  virtual TensorView view(const Shape& in) const = 0;

  Shapes infer(const Shapes& in) const override { return {view(in[0]).extents}; }
  void prepare(Prepare& p) const override {
    p.keep(std::make_unique<ViewCopy>(view(p.in()), p.in()));
  }
  void forward(Run& r) const override {
    by_dtype(r.dtype(), [&]<class T>() {
      r.op<ViewCopy>().read(static_cast<const T*>(r.x()), static_cast<T*>(r.y()));
    });
  }
  void backward(Run& r) const override {
    if (!r.dx()) return;
    by_dtype(r.dtype(), [&]<class T>() {
      r.op<ViewCopy>().add_back(static_cast<const T*>(r.dy()), static_cast<T*>(r.dx()));
    });
  }
};

}  // namespace firesteel
