// SPDX-License-Identifier: Apache-2.0
// Windows of images as columns, and their sum as an image: each is the gradient of the other.
#pragma once

#include <algorithm>

#include "nn/layer.h"
#include "nn/layers/convolution/lines.h"

namespace firesteel {

// What Unfold and Fold are configured by.
struct ColumnLayer : Layer {
  Dims kernel_size = {1}, dilation = {1}, padding = {0}, stride = {1};

  Window window() const {
    return {.kernel = pair_of(kernel_size),
            .stride = pair_of(stride),
            .before = pair_of(padding),
            .after = pair_of(padding),
            .dilation = pair_of(dilation)};
  }
};
inline constexpr auto kColumnKernel = required("kernel_size", &ColumnLayer::kernel_size,
                                               "height and width of the window", positive_pair);
inline constexpr auto kColumnDilation =
    attr("dilation", &ColumnLayer::dilation, "distance of the window's points", positive_pair);
inline constexpr auto kColumnPadding =
    attr("padding", &ColumnLayer::padding, "zeros on each side of the image", nonnegative_pair);
inline constexpr auto kColumnStride =
    attr("stride", &ColumnLayer::stride, "step of the window", positive_pair);

// columns[plane, point of the window, position] from planes of images.
template <class T>
void unfold(const Plane& plane, int64_t planes, const T* images, T* columns) {
  int64_t positions = plane.positions(), size = plane.points() * positions;
  for_each_plane(planes, size, [&](int64_t n) {
    const T* x = images + n * plane.size();
    T* y = columns + n * size;
    std::fill_n(y, size, T(0));
    plane.each_line([&](int64_t k, int64_t at, int64_t count, int64_t from, auto step) {
      T* to = y + k * positions + at;
      for (int64_t i = 0; i < count; ++i) to[i] = x[from + i * step];
    });
  });
}

// The sum of all columns where they came from.
template <class T>
void fold(const Plane& plane, int64_t planes, const T* columns, T* images) {
  int64_t positions = plane.positions(), size = plane.points() * positions;
  for_each_plane(planes, size, [&](int64_t n) {
    const T* x = columns + n * size;
    T* y = images + n * plane.size();
    std::fill_n(y, plane.size(), T(0));
    plane.each_line([&](int64_t k, int64_t at, int64_t count, int64_t to, auto step) {
      const T* from = x + k * positions + at;
      for (int64_t i = 0; i < count; ++i) y[to + i * step] += from[i];
    });
  });
}

}  // namespace firesteel
