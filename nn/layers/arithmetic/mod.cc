// SPDX-License-Identifier: Apache-2.0
// Mod: y = a - b trunc(a / b), element by element: what remains has a's sign.
#include <cmath>

#include "nn/layers/arithmetic/binary.h"

namespace firesteel {

struct Mod final : BinaryOf<Mod> {
  static constexpr auto schema() {
    return Schema{"Mod", "arithmetic",
                  "The rest of dividing the first input by the second, with the first one's sign; "
                  "extents of 1, or missing in front, are repeated."};
  }
  static Sample sample() {
    return {.attrs = {}, .in = {{2, 3, 4}, {2, 4}}, .kinks = {-0.1, 0, 0.1}};
  }

  template <class T>
  static T value(T a, T b) {
    return std::fmod(a, b);
  }
  template <class T>
  static T first(T dy, T, T) {
    return dy;
  }
  template <class T>
  static T second(T dy, T a, T b) {
    return -dy * std::trunc(a / b);
  }
};
FIRESTEEL_LAYER(Mod);

}  // namespace firesteel
