// SPDX-License-Identifier: Apache-2.0
// FloorDiv: y = the largest whole number <= a / b, element by element.
#include "nn/layers/arithmetic/binary.h"
#include "nn/layers/arithmetic/division.h"

namespace firesteel {

struct FloorDiv final : ComparisonOf<FloorDiv> {
  static constexpr auto schema() {
    return Schema{
        "FloorDiv", "arithmetic",
        "Divides the first input by the second and rounds down; extents of 1, or missing in "
        "front, are repeated. It has no gradient."};
  }
  static Sample sample() {
    return {.attrs = {}, .in = {{2, 3, 4}, {2, 4}}, .kinks = {-0.1, 0, 0.1}};
  }

  template <class T>
  static T value(T a, T b) {
    return floor_quotient(a, b);
  }
};
FIRESTEEL_LAYER(FloorDiv);

}  // namespace firesteel
