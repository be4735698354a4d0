// SPDX-License-Identifier: Apache-2.0
// Shapes: row-major extents; the leading extent of an activation is the batch.
#pragma once

#include <cstdint>
#include <vector>

namespace firesteel {

using Dims = std::vector<int64_t>;
using Shape = Dims;
using Shapes = std::vector<Shape>;

inline int64_t numel(const Shape& shape) {
  int64_t n = 1;
  for (int64_t d : shape) n *= d;
  return n;
}

// The place of an extent that is counted from the end where it is negative; beyond the shape where it
// has none such.
inline size_t extent_of(int64_t dim, const Shape& shape) {
  return static_cast<size_t>(dim < 0 ? dim + static_cast<int64_t>(shape.size()) : dim);
}

// The shape of one sample: without the batch extent.
inline Shape without_batch(const Shape& shape) {
  return shape.empty() ? Shape{} : Shape(shape.begin() + 1, shape.end());
}

inline Shape with_batch(int64_t batch, const Shape& sample) {
  Shape shape{batch};
  shape.insert(shape.end(), sample.begin(), sample.end());
  return shape;
}

}  // namespace firesteel
