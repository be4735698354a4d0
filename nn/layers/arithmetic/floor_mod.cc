// SPDX-License-Identifier: Apache-2.0
// FloorMod: y = a - b floor(a / b), element by element: what remains has b's sign.
#include "nn/layers/arithmetic/binary.h"
#include "nn/layers/arithmetic/division.h"

namespace firesteel {

struct FloorMod final : BinaryOf<FloorMod> {
  static constexpr auto schema() {
    return Schema{"FloorMod", "arithmetic",
                  "The rest of dividing the first input by the second, with the second one's sign; "
                  "extents of 1, or missing in front, are repeated."};
  }
  static Sample sample() {
    return {.attrs = {}, .in = {{2, 3, 4}, {2, 4}}, .kinks = {-0.1, 0, 0.1}};
  }

  template <class T>
  static T value(T a, T b) {
    return floor_remainder(a, b);
  }
  template <class T>
  static T first(T dy, T, T) {
    return dy;
  }
  template <class T>
  static T second(T dy, T a, T b) {
    return -dy * floor_quotient(a, b);
  }
};
FIRESTEEL_LAYER(FloorMod);

}  // namespace firesteel
