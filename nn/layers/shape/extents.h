// SPDX-License-Identifier: Apache-2.0
// Extents as attributes name them: counted with the batch as 0, and from the end where negative.
#pragma once

#include <vector>

#include "nn/layer.h"

namespace firesteel {

// The place of an extent, which is not the batch. Throws ShapeError.
inline size_t place_of(int64_t dim, const Shape& in) {
  size_t at = extent_of(dim, in);
  require(at > 0 && at < in.size(), "input must have an extent ", dim, ", got ", without_batch(in));
  return at;
}

// The place in the result of an extent that is added; that may be one that cannot be.
inline size_t new_extent_of(int64_t dim, const Shape& in) {
  return static_cast<size_t>(dim < 0 ? dim + static_cast<int64_t>(in.size()) + 1 : dim);
}
// Throws ShapeError.
inline size_t place_of_new(int64_t dim, const Shape& in) {
  size_t at = new_extent_of(dim, in);
  require(at > 0 && at <= in.size(), "input must have more extents for another one at ", dim,
          ", got ", without_batch(in));
  return at;
}

// By extent, whether it is among `dims`.
inline std::vector<bool> chosen_extents(const Dims& dims, const Shape& in) {
  std::vector<bool> chosen(in.size(), false);
  for (int64_t dim : dims) {
    size_t at = place_of(dim, in);
    require(!chosen[at], "input must have an extent for each of ", dims, ", got ",
            without_batch(in));
    chosen[at] = true;
  }
  return chosen;
}

// Numbers of a range of extents: from `begin` until before `end`.
inline int64_t numel_of(const Shape& shape, size_t begin, size_t end) {
  int64_t n = 1;
  for (size_t d = begin; d < end; ++d) n *= shape[d];
  return n;
}

// Of a layer that leaves alone what lies before extent `at`.
inline Steps steps_behind(size_t at) { return at > 1 ? Steps::each : Steps::mixed; }

}  // namespace firesteel
