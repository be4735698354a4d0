// SPDX-License-Identifier: Apache-2.0
// Resizing of tensors, one extent after the other: each point of the result is a point of the
// source, or lies between two of them.
#pragma once

#include <algorithm>
#include <type_traits>
#include <vector>

#include "core/shape.h"
#include "nn/window.h"

namespace firesteel {

// For each point along an extent of the result.
struct Points {
  int64_t from = 0;  // points of the source
  std::vector<int64_t> low, high;
  std::vector<double> share;  // of high, the rest is low's; empty: all is low's

  // Nothing to do.
  bool same() const {
    for (size_t i = 0; i < low.size(); ++i) {
      if (low[i] != static_cast<int64_t>(i) || (!share.empty() && share[i] != 0)) return false;
    }
    return static_cast<int64_t>(low.size()) == from;
  }
};

// In T = float or double.
template <class T>
class Resize {
 public:
  // points: of each extent after the first two.
  Resize(const Shape& source, const std::vector<Points>& points) : numbers_(numel(source)) {
    Shape shape = source;
    // The last extent first, while there is least to do: what lies behind it is one number.
    for (size_t i = points.size(); i-- > 0;) {
      if (points[i].same()) continue;
      shape[i + 2] = static_cast<int64_t>(points[i].low.size());
      int64_t outer = 1, inner = 1;
      for (size_t d = 0; d < shape.size(); ++d) {
        if (d != i + 2) (d < i + 2 ? outer : inner) *= shape[d];
      }
      passes_.push_back({outer, inner, points[i].from, shape[i + 2], points[i].low, points[i].high,
                         std::vector<T>(points[i].share.begin(), points[i].share.end()),
                         numel(shape)});
    }
  }

  // Numbers between the passes.
  int64_t scratch() const {
    int64_t count = 0;
    for (size_t i = 0; i + 1 < passes_.size(); ++i) count += passes_[i].results;
    return count;
  }

  void forward(const T* x, T* y, T* scratch) const {
    if (passes_.empty()) std::copy_n(x, numbers_, y);
    for (size_t i = 0; i < passes_.size(); ++i) {
      T* to = i + 1 < passes_.size() ? scratch : y;
      passes_[i].forward(x, to);
      x = to;
      scratch += passes_[i].results;
    }
  }

  void backward(const T* dy, T* dx, T* scratch) const {
    if (passes_.empty()) std::copy_n(dy, numbers_, dx);
    scratch += this->scratch();
    for (size_t i = passes_.size(); i-- > 0;) {
      if (i > 0) scratch -= passes_[i - 1].results;
      T* to = i > 0 ? scratch : dx;
      passes_[i].backward(dy, to);
      dy = to;
    }
  }

 private:
  // Along one extent: outer x from x inner numbers become outer x to x inner.
  struct Pass {
    int64_t outer, inner, from, to;
    std::vector<int64_t> low, high;
    std::vector<T> share;
    int64_t results;

    // body(first number of low, of high, of the result, high's share)
    template <class Body>
    void each_row(int64_t plane, const Body& body) const {
      int64_t x = plane * from, y = plane * to;
      for (int64_t j = 0; j < to; ++j) {
        auto at = static_cast<size_t>(j);
        T part = share.empty() ? T(0) : share[at];
        body((x + low[at]) * inner, (x + high[at]) * inner, (y + j) * inner, part);
      }
    }

    void forward(const T* x, T* y) const {
      inner == 1 ? forward(x, y, One()) : forward(x, y, inner);
    }
    void backward(const T* dy, T* dx) const {
      inner == 1 ? backward(dy, dx, One()) : backward(dy, dx, inner);
    }

    // Count: of inner numbers.
    using One = std::integral_constant<int64_t, 1>;
    template <class Count>
    void forward(const T* x, T* y, Count count) const {
      bool copies = share.empty();
      for_each_plane(outer, to * inner, [&](int64_t plane) {
        each_row(plane, [&](int64_t a, int64_t b, int64_t at, T part) {
          if (copies) {
            for (int64_t i = 0; i < count; ++i) y[at + i] = x[a + i];
          } else {
            for (int64_t i = 0; i < count; ++i) y[at + i] = x[a + i] + part * (x[b + i] - x[a + i]);
          }
        });
      });
    }
    template <class Count>
    void backward(const T* dy, T* dx, Count count) const {
      bool copies = share.empty();
      for_each_plane(outer, to * inner, [&](int64_t plane) {
        std::fill_n(dx + plane * from * inner, from * inner, T(0));
        each_row(plane, [&](int64_t a, int64_t b, int64_t at, T part) {
          for (int64_t i = 0; i < count; ++i) dx[a + i] += (1 - part) * dy[at + i];
          for (int64_t i = 0; i < count && !copies; ++i) dx[b + i] += part * dy[at + i];
        });
      });
    }
  };

  int64_t numbers_;
  std::vector<Pass> passes_;
};

}  // namespace firesteel
