// SPDX-License-Identifier: Apache-2.0
// Sliding windows over images: what convolution and pooling share.
#pragma once

#include "core/error.h"
#include "core/shape.h"

namespace firesteel {

// One number stands for both dimensions.
inline Dims pair_of(const Dims& value) {
  return value.size() == 1 ? Dims{value[0], value[0]} : value;
}

// Positions of a window of `kernel` (dilated) along `extent` padded on both sides.
inline int64_t positions(int64_t extent, int64_t kernel, int64_t stride, int64_t padding,
                         int64_t dilation = 1, bool ceil = false) {
  int64_t room = extent + 2 * padding - dilation * (kernel - 1) - 1;
  if (room < 0) return 0;
  int64_t count = (ceil ? room + stride - 1 : room) / stride + 1;
  // Rounding up must not start a window inside the padding after the image.
  if (ceil && (count - 1) * stride >= extent + padding) --count;
  return count;
}

inline void require_image(const Shape& shape) {
  require(shape.size() == 4, "input must be images (channels x height x width), got ",
          without_batch(shape));
}

}  // namespace firesteel
