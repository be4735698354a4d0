// SPDX-License-Identifier: Apache-2.0
// Atan2: y = the angle of the point (b, a), from -pi to pi, element by element.
#include <cmath>

#include "nn/layers/arithmetic/binary.h"

namespace firesteel {

struct Atan2 final : BinaryOf<Atan2> {
  static constexpr auto schema() {
    return Schema{"Atan2", "arithmetic",
                  "The angle whose tangent is the first input over the second, in the quadrant of "
                  "their signs; extents of 1, or missing in front, are repeated."};
  }
  static Sample sample() {
    return {.attrs = {}, .in = {{2, 3, 4}, {2, 3, 4}}, .kinks = {-0.1, 0, 0.1}};
  }

  template <class T>
  static T value(T a, T b) {
    return std::atan2(a, b);
  }
  template <class T>
  static T first(T dy, T a, T b) {
    return dy * b / (a * a + b * b);
  }
  template <class T>
  static T second(T dy, T a, T b) {
    return -dy * a / (a * a + b * b);
  }
};
FIRESTEEL_LAYER(Atan2);

}  // namespace firesteel
