// SPDX-License-Identifier: Apache-2.0
// LogicalXor: y = 1 where one of a and b is 0, else 0, element by element.
#include "nn/layers/arithmetic/binary.h"

namespace firesteel {

struct LogicalXor final : ComparisonOf<LogicalXor> {
  static constexpr auto schema() {
    return Schema{"LogicalXor", "arithmetic",
                  "1 where one of two inputs is 0, else 0; extents of 1, or missing in front, are "
                  "repeated. It "
                  "has no gradient."};
  }
  static Sample sample() { return {.attrs = {}, .in = {{2, 3, 4}, {2, 4}}, .ids_below = 2}; }

  template <class T>
  static T value(T a, T b) {
    return static_cast<T>((a != 0) != (b != 0));
  }
};
FIRESTEEL_LAYER(LogicalXor);

}  // namespace firesteel
