// SPDX-License-Identifier: Apache-2.0
// Pow: y = a^b, element by element.
#include <cmath>

#include "nn/layers/arithmetic/binary.h"

namespace firesteel {

struct Pow final : BinaryOf<Pow> {
  static constexpr auto schema() {
    return Schema{"Pow", "arithmetic",
                  "Raises the first input to the power of the second; extents of 1, or missing in "
                  "front, are repeated."};
  }
  static Sample sample() { return {.attrs = {}, .in = {{2, 3, 4}, {2, 3, 4}}, .least = 0.2}; }

  template <class T>
  static T value(T a, T b) {
    return std::pow(a, b);
  }
  template <class T>
  static T first(T dy, T a, T b) {
    return b == 0 ? T(0) : dy * b * std::pow(a, b - 1);
  }
  // 0^b is 0 for every b > 0.
  template <class T>
  static T second(T dy, T a, T b) {
    return a == 0 && b >= 0 ? T(0) : dy * std::pow(a, b) * std::log(a);
  }
};
FIRESTEEL_LAYER(Pow);

}  // namespace firesteel
