// SPDX-License-Identifier: Apache-2.0
// LogicalAnd: y = 1 where a and b are not 0, else 0, element by element.
#include "nn/layers/arithmetic/binary.h"

namespace firesteel {

struct LogicalAnd final : ComparisonOf<LogicalAnd> {
  static constexpr auto schema() {
    return Schema{"LogicalAnd", "arithmetic",
                  "1 where both inputs are not 0, else 0; extents of 1, or missing in front, are "
                  "repeated. It "
                  "has no gradient."};
  }
  static Sample sample() { return {.attrs = {}, .in = {{2, 3, 4}, {2, 4}}, .ids_below = 2}; }

  template <class T>
  static T value(T a, T b) {
    return static_cast<T>((a != 0) & (b != 0));
  }
};
FIRESTEEL_LAYER(LogicalAnd);

}  // namespace firesteel
