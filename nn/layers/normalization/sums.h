// SPDX-License-Identifier: Apache-2.0
// Sums and pieces of work, for layers that normalize.
#pragma once

#include <algorithm>
#include <cstdint>

namespace firesteel {

// The sum of term(i) for i in [0, n). Compilers keep the order of a sum; these partial sums are
// another one that is always the same and becomes vector code.
template <class T, class Term>
T sum_of(int64_t n, const Term& term) {
  constexpr int64_t kLanes = 16;
  T lanes[kLanes] = {};
  int64_t whole = n - n % kLanes;
  for (int64_t i = 0; i < whole; i += kLanes) {
    for (int64_t l = 0; l < kLanes; ++l) lanes[l] += term(i + l);
  }
  for (int64_t i = whole; i < n; ++i) lanes[i - whole] += term(i);
  for (int64_t half = kLanes / 2; half > 0; half /= 2) {
    for (int64_t l = 0; l < half; ++l) lanes[l] += lanes[l + half];
  }
  return lanes[0];
}

// How many pieces of so many numbers are worth a thread's start.
inline int64_t pieces_of_part(int64_t numbers) {
  constexpr int64_t kNumbersOfPart = 16 << 10;
  return std::max<int64_t>(1, kNumbersOfPart / std::max<int64_t>(1, numbers));
}

}  // namespace firesteel
