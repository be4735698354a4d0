// SPDX-License-Identifier: Apache-2.0
// Maxima of windows of plain images, with the place of each in its window for the way back.
#pragma once

#include <cstdint>

namespace firesteel::kernels {

struct MaxPool {
  int64_t height = 0, width = 0, out_height = 0, out_width = 0;
  int64_t kernel_height = 0, kernel_width = 0, stride_height = 1, stride_width = 1;
  int64_t pad_height = 0, pad_width = 0;
  // Distances of a window's points. Each window has one inside the image.
  int64_t hole_height = 1, hole_width = 1;

  // A place is a byte.
  static constexpr int64_t kMostPlaces = 255;
};

// Each works on the images (of one row and channel) [begin, end).
struct MaxPoolTable {
  // places: null where nobody goes back. The first of several equal maxima counts.
  void (*forward)(const MaxPool&, const float* x, float* y, uint8_t* places, int64_t begin,
                  int64_t end);
  void (*backward)(const MaxPool&, const float* dy, const uint8_t* places, float* dx, int64_t begin,
                   int64_t end);
};
const MaxPoolTable& max_pool();

}  // namespace firesteel::kernels
