// SPDX-License-Identifier: Apache-2.0
// Where the channels and pixels of images are in memory.
#pragma once

#include <cstdint>

namespace firesteel::kernels {

// Elements from one row, group of channels and pixel to the next. A tensor may be part of the rows
// of a larger one.
struct Walk {
  int64_t row = 0, group = 0, pixel = 1;
};

}  // namespace firesteel::kernels
