// SPDX-License-Identifier: Apache-2.0
// A piece of a sum over windows.
#pragma once

#include <algorithm>
#include <cstdint>

namespace firesteel {

// to[i] += weight from[i + shift], for i in [0, n) where from has such a number.
template <class T>
void add_shifted(int64_t n, int64_t shift, T weight, const T* from, T* to) {
  int64_t begin = std::max<int64_t>(0, -shift), end = std::min(n, n - shift);
  for (int64_t i = begin; i < end; ++i) to[i] += weight * from[i + shift];
}

}  // namespace firesteel
