// SPDX-License-Identifier: Apache-2.0
// Copies between a tensor and a range of one of its dimensions.
#pragma once

#include <cstring>

#include "core/dtype.h"
#include "core/shape.h"

namespace firesteel {

// A tensor as `outer` blocks; the numbers of a range of dimension `dim` lie together in each.
struct Blocks {
  int64_t outer = 1, extent = 1, inner = 1;

  Blocks(const Shape& shape, int64_t dim) : extent(shape[static_cast<size_t>(dim)]) {
    for (size_t d = 0; d < shape.size(); ++d) {
      auto here = static_cast<int64_t>(d);
      if (here != dim) (here < dim ? outer : inner) *= shape[d];
    }
  }
};

// Numbers [start, start + length) of the dimension, out of the whole.
inline void copy_range_from(const Blocks& whole, int64_t start, int64_t length, DType dtype,
                            const void* from, void* to) {
  size_t unit = static_cast<size_t>(whole.inner) * size_of(dtype);
  size_t step = unit * static_cast<size_t>(whole.extent), part = unit * static_cast<size_t>(length);
  auto* source = static_cast<const std::byte*>(from) + unit * static_cast<size_t>(start);
  auto* target = static_cast<std::byte*>(to);
  for (int64_t o = 0; o < whole.outer; ++o, source += step, target += part) {
    std::memcpy(target, source, part);
  }
}
// And back into it; the rest of the whole stays as it is.
inline void copy_range_into(const Blocks& whole, int64_t start, int64_t length, DType dtype,
                            const void* from, void* to) {
  size_t unit = static_cast<size_t>(whole.inner) * size_of(dtype);
  size_t step = unit * static_cast<size_t>(whole.extent), part = unit * static_cast<size_t>(length);
  auto* source = static_cast<const std::byte*>(from);
  auto* target = static_cast<std::byte*>(to) + unit * static_cast<size_t>(start);
  for (int64_t o = 0; o < whole.outer; ++o, source += part, target += step) {
    std::memcpy(target, source, part);
  }
}

}  // namespace firesteel
