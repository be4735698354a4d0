// SPDX-License-Identifier: Apache-2.0
// Sub: y = a - b, element by element.
#include "nn/layers/arithmetic/binary.h"

namespace firesteel {

struct Sub final : BinaryOf<Sub> {
  static constexpr bool kZeroStays = true, kDerivativesVary = false;
  static constexpr auto schema() {
    return Schema{
        "Sub", "arithmetic",
        "Subtracts the second input from the first; extents of 1, or missing in front, are "
        "repeated."};
  }
  static Sample sample() { return {.attrs = {}, .in = {{2, 3, 4}, {2, 4}}}; }

  template <class T>
  static T value(T a, T b) {
    return a - b;
  }
  template <class T>
  static T first(T dy, T, T) {
    return dy;
  }
  template <class T>
  static T second(T dy, T, T) {
    return -dy;
  }
};
FIRESTEEL_LAYER(Sub);

}  // namespace firesteel
