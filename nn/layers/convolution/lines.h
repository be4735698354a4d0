// SPDX-License-Identifier: Apache-2.0
// The points of all windows of a plane, line by line.
#pragma once

#include <algorithm>
#include <type_traits>
#include <vector>

#include "nn/window.h"

namespace firesteel {

// A window over planes of one height and width.
struct Plane {
  int64_t height, width, out_height, out_width;
  Window window;
  std::vector<int64_t> offsets;  // of each point of the window from its first one

  Plane(const Window& over, int64_t h, int64_t w)
      : height(h),
        width(w),
        out_height(over.positions(0, h)),
        out_width(over.positions(1, w)),
        window(over) {
    for (int64_t k = 0; k < points(); ++k) offsets.push_back(row_of(k) * width + column_of(k));
  }

  int64_t points() const { return window.kernel[0] * window.kernel[1]; }
  int64_t positions() const { return out_height * out_width; }
  int64_t size() const { return height * width; }

  // Of a point of the window, counted from its first one.
  int64_t row_of(int64_t k) const { return k / window.kernel[1] * window.dilation[0]; }
  int64_t column_of(int64_t k) const { return k % window.kernel[1] * window.dilation[1]; }

  // body(position, where its window begins) for all positions in order; that may be outside.
  template <class Body>
  void each_position(const Body& body) const {
    for (int64_t oh = 0; oh < out_height; ++oh) {
      int64_t row = (oh * window.stride[0] - window.before[0]) * width - window.before[1];
      for (int64_t ow = 0; ow < out_width; ++ow) {
        body(oh * out_width + ow, row + ow * window.stride[1]);
      }
    }
  }

  // body(point of the window, first position, how many, place of the first in the plane, step to
  // the next one's) for the points that lie inside. The step is an integral_constant where it is 1.
  template <class Body>
  void each_line(const Body& body) const {
    if (window.stride[1] == 1) {
      each_line(std::integral_constant<int64_t, 1>(), body);
    } else {
      each_line(window.stride[1], body);
    }
  }

 private:
  template <class Step, class Body>
  void each_line(Step step, const Body& body) const {
    for (int64_t k = 0; k < points(); ++k) {
      int64_t left = column_of(k) - window.before[1];
      int64_t from = left < 0 ? (step - 1 - left) / step : 0;
      int64_t to = left < width ? std::min(out_width, (width - 1 - left) / step + 1) : 0;
      if (from >= to) continue;
      for (int64_t oh = 0; oh < out_height; ++oh) {
        int64_t h = oh * window.stride[0] - window.before[0] + row_of(k);
        if (h < 0 || h >= height) continue;
        body(k, oh * out_width + from, to - from, h * width + left + from * step, step);
      }
    }
  }
};

}  // namespace firesteel
