// SPDX-License-Identifier: Apache-2.0
// Sums and maxima of many numbers. Compilers keep the order of a sum; partial results side by side
// make vector code, and the same numbers everywhere.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>

namespace firesteel {

// start, taken together with term(0) ... term(n - 1) by both(a, b), in any order.
template <class T, class Term, class Both>
T together(int64_t n, T start, const Term& term, const Both& both) {
  constexpr int64_t kLanes = 16;
  std::array<T, kLanes> lanes;
  lanes.fill(start);
  T* lane = lanes.data();
  int64_t whole = n - n % kLanes;
  for (int64_t i = 0; i < whole; i += kLanes) {
    for (int64_t l = 0; l < kLanes; ++l) lane[l] = both(lane[l], term(i + l));
  }
  for (int64_t i = whole; i < n; ++i) lane[i - whole] = both(lane[i - whole], term(i));
  for (int64_t half = kLanes / 2; half > 0; half /= 2) {
    for (int64_t l = 0; l < half; ++l) lane[l] = both(lane[l], lane[l + half]);
  }
  return lane[0];
}

template <class T, class Term>
T sum_of(int64_t n, const Term& term) {
  return together(n, T(0), term, [](T a, T b) { return a + b; });
}

template <class T>
T most_of(int64_t n, const T* x) {
  return together(n, x[0], [x](int64_t i) { return x[i]; }, [](T a, T b) { return b > a ? b : a; });
}

}  // namespace firesteel
