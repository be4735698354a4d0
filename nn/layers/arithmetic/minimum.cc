// SPDX-License-Identifier: Apache-2.0
// Minimum: y = the smallest of x1, x2, ..., element by element.
#include "nn/layers/arithmetic/several.h"

namespace firesteel {

struct Minimum final : ExtremumOf<Minimum> {
  static constexpr auto schema() {
    return Schema{"Minimum", "arithmetic",
                  "Takes the smallest number of its inputs, element by element; extents of 1, or "
                  "missing in front, are repeated. Inputs that are equal share the gradient."};
  }
  static Sample sample() { return {.attrs = {}, .in = {{2, 3, 4}, {2, 4}, {2, 3, 1}}}; }

  template <class T>
  static bool wins(T a, T b) {
    return a < b;
  }
};
FIRESTEEL_LAYER(Minimum);

}  // namespace firesteel
