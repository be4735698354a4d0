// SPDX-License-Identifier: Apache-2.0
// SquaredDifference: y = (a - b)^2, element by element.
#include "nn/layers/arithmetic/binary.h"

namespace firesteel {

struct SquaredDifference final : BinaryOf<SquaredDifference> {
  static constexpr bool kZeroStays = true;
  static constexpr auto schema() {
    return Schema{"SquaredDifference", "arithmetic",
                  "Squares the difference of two inputs; extents of 1, or missing in front, are "
                  "repeated."};
  }
  static Sample sample() { return {.attrs = {}, .in = {{2, 3, 1}, {2, 1, 4}}}; }

  template <class T>
  static T value(T a, T b) {
    return (a - b) * (a - b);
  }
  template <class T>
  static T first(T dy, T a, T b) {
    return 2 * dy * (a - b);
  }
  template <class T>
  static T second(T dy, T a, T b) {
    return 2 * dy * (b - a);
  }
};
FIRESTEEL_LAYER(SquaredDifference);

}  // namespace firesteel
