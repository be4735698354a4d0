// SPDX-License-Identifier: Apache-2.0
// Sliding windows over the spatial extents of sequences, images and volumes: what convolution and
// pooling share.
#pragma once

#include <algorithm>

#include "core/error.h"
#include "core/shape.h"
#include "core/threads.h"

namespace firesteel {

// One number stands for all dimensions.
inline Dims spread(const Dims& value, size_t dimensions) {
  return value.size() == 1 ? Dims(dimensions, value[0]) : value;
}
inline Dims pair_of(const Dims& value) { return spread(value, 2); }

inline void require_spatial(const Shape& shape, size_t dimensions) {
  constexpr const char* kWhat[] = {"sequences (channels x length)",
                                   "images (channels x height x width)",
                                   "volumes (channels x depth x height x width)"};
  require(shape.size() == dimensions + 2, "input must be ", kWhat[dimensions - 1], ", got ",
          without_batch(shape));
}
inline void require_image(const Shape& shape) { require_spatial(shape, 2); }

// body(plane) for each plane of `numbers` numbers, on several threads where that is worth it.
template <class Body>
void for_each_plane(int64_t planes, int64_t numbers, const Body& body) {
  constexpr int64_t kNumbersOfPart = 16 << 10;
  parallel_for(planes, kNumbersOfPart / std::max<int64_t>(1, numbers),
               [&](int64_t begin, int64_t end) {
                 for (int64_t n = begin; n < end; ++n) body(n);
               });
}

// A window with every dimension written out.
struct Window {
  Dims kernel, stride, before, after, dilation;  // before, after: padding
  bool ceil = false;  // the number of positions is rounded up

  size_t dimensions() const { return kernel.size(); }
  // How far it spans along dimension i.
  int64_t reach(size_t i) const { return dilation[i] * (kernel[i] - 1) + 1; }

  int64_t positions(size_t i, int64_t extent) const {
    int64_t room = extent + before[i] + after[i] - reach(i);
    if (room < 0) return 0;
    int64_t count = (ceil ? room + stride[i] - 1 : room) / stride[i] + 1;
    // Rounding up must not start a window inside the padding at the end.
    if (ceil && (count - 1) * stride[i] >= extent + before[i]) --count;
    return count;
  }

  // N x channels x positions. `what` the window is, for the error's text.
  Shape output(const Shape& in, int64_t channels, const char* what) const {
    require_spatial(in, dimensions());
    Shape out = {in[0], channels};
    bool fits = true;
    for (size_t i = 0; i < dimensions(); ++i) {
      out.push_back(positions(i, in[i + 2]));
      fits = fits && out.back() > 0;
    }
    require(fits, "a ", what, " of ", kernel, " does not fit into the input of ",
            without_batch(in));
    return out;
  }
};

}  // namespace firesteel
