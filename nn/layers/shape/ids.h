// SPDX-License-Identifier: Apache-2.0
// Ids, which come as numbers like everything else.
#pragma once

#include <cstring>
#include <string>

#include "nn/layer.h"

namespace firesteel {

// The ids as whole numbers. Throws ShapeError unless they are from 0 to below - 1.
template <class T>
void read_ids(const std::string& kind, const T* from, int64_t count, int64_t below, int64_t* to) {
  auto most = static_cast<T>(below) - T(0.5);
  for (int64_t i = 0; i < count; ++i) {
    require(from[i] >= T(-0.5) && from[i] < most, kind, ": ids must be from 0 to ", below - 1,
            ", got ", from[i]);
    to[i] = static_cast<int64_t>(from[i] + T(0.5));
  }
}

// Whether a number stands for true.
template <class T>
bool is_true(T number) {
  return number >= T(0.5) || number <= T(-0.5);
}

// The gradient of an input that is ids or the like: where anybody wants it, it is zero.
inline void no_gradient(const Run& r, size_t input) {
  if (!r.dx(input)) return;
  std::memset(r.dx(input), 0, static_cast<size_t>(numel(r.in(input))) * size_of(r.dtype()));
}

}  // namespace firesteel
