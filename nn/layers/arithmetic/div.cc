// SPDX-License-Identifier: Apache-2.0
// Div: y = a / b, element by element.
#include "nn/layers/arithmetic/binary.h"

namespace firesteel {

struct Div final : BinaryOf<Div> {
  static constexpr auto schema() {
    return Schema{"Div", "arithmetic",
                  "Divides the first input by the second; extents of 1, or missing in front, are "
                  "repeated."};
  }
  static Sample sample() {
    return {.attrs = {}, .in = {{2, 3, 4}, {2, 3, 1}}, .kinks = {-0.1, 0, 0.1}};
  }

  template <class T>
  static T value(T a, T b) {
    return a / b;
  }
  template <class T>
  static T first(T dy, T, T b) {
    return dy / b;
  }
  template <class T>
  static T second(T dy, T a, T b) {
    return -dy * a / (b * b);
  }
};
FIRESTEEL_LAYER(Div);

}  // namespace firesteel
