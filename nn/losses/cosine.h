// SPDX-License-Identifier: Apache-2.0
// The cosine of the angle between two vectors, and its slopes.
#pragma once

#include <cmath>
#include <cstdint>

namespace firesteel {

template <class T>
struct CosineOfRows {
  T value = 0, inverse_a = 0, inverse_b = 0;  // one over the lengths

  template <class A, class B>
  CosineOfRows(const A* a, const B* b, int64_t n) {
    T aa = kLeast, bb = kLeast, ab = 0;
    for (int64_t i = 0; i < n; ++i) {
      T x = static_cast<T>(a[i]), y = static_cast<T>(b[i]);
      aa += x * x;
      bb += y * y;
      ab += x * y;
    }
    inverse_a = 1 / std::sqrt(aa);
    inverse_b = 1 / std::sqrt(bb);
    value = ab * inverse_a * inverse_b;
  }
  // d value / d a[i], and d value / d b[i].
  T by_a(T a, T b) const { return inverse_a * (b * inverse_b - value * a * inverse_a); }
  T by_b(T a, T b) const { return inverse_b * (a * inverse_a - value * b * inverse_b); }

 private:
  static constexpr T kLeast = T(1e-12);  // of squared lengths, lest a vector of zeros has none
};

}  // namespace firesteel
