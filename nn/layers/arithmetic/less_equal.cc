// SPDX-License-Identifier: Apache-2.0
// LessEqual: y = 1 where a <= b, else 0, element by element.
#include "nn/layers/arithmetic/binary.h"

namespace firesteel {

struct LessEqual final : ComparisonOf<LessEqual> {
  static constexpr auto schema() {
    return Schema{"LessEqual", "arithmetic",
                  "1 where the first input is at most the second, else 0; extents of 1, or missing "
                  "in front, are repeated. It "
                  "has no gradient."};
  }
  static Sample sample() { return {.attrs = {}, .in = {{2, 3, 4}, {2, 4}}}; }

  template <class T>
  static T value(T a, T b) {
    return static_cast<T>(a <= b);
  }
};
FIRESTEEL_LAYER(LessEqual);

}  // namespace firesteel
