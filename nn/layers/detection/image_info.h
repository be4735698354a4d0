// SPDX-License-Identifier: Apache-2.0
// How large the image of a row is, and how it was scaled: an input of (height, width), (height,
// width, scale) or (height, width, scale of the height, scale of the width), or an attribute.
#pragma once

#include "nn/layer.h"
#include "nn/layers/detection/boxes.h"

namespace firesteel {

template <class T>
struct ImageInfo {
  T height, width, scale_y = 1, scale_x = 1;

  Box<T> unscaled(const Box<T>& b) const {
    return {b.x1 / scale_x, b.y1 / scale_y, b.x2 / scale_x, b.y2 / scale_y};
  }
};

// input: the number of the one that says so, if it is there.
inline void check_image_info(const Shapes& in, size_t input, const Dims& image_size) {
  if (in.size() <= input) {
    require(!image_size.empty(), "input ", input,
            " must say how large the image is, or image_size, got neither");
    return;
  }
  const Shape& info = in[input];
  require(info.size() == 2 && info[1] >= 2 && info[1] <= 4, "input ", input,
          " must be height, width and perhaps scales, got ", without_batch(info));
}

template <class T>
ImageInfo<T> image_info(const Run& r, int64_t n, size_t input, const Dims& image_size) {
  if (r.inputs() <= input) {
    return {static_cast<T>(image_size.front()), static_cast<T>(image_size.back())};
  }
  int64_t numbers = r.in(input)[1];
  auto* info = static_cast<const T*>(r.x(input)) + n * numbers;
  if (numbers == 2) return {info[0], info[1]};
  return {info[0], info[1], info[2], info[numbers - 1]};
}

}  // namespace firesteel
