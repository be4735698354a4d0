// SPDX-License-Identifier: Apache-2.0
// NotEqual: y = 1 where a != b, else 0, element by element.
#include "nn/layers/arithmetic/binary.h"

namespace firesteel {

struct NotEqual final : ComparisonOf<NotEqual> {
  static constexpr auto schema() {
    return Schema{
        "NotEqual", "arithmetic",
        "1 where two inputs differ, else 0; extents of 1, or missing in front, are repeated. It "
        "has no gradient."};
  }
  static Sample sample() { return {.attrs = {}, .in = {{2, 3, 4}, {2, 4}}, .ids_below = 3}; }

  template <class T>
  static T value(T a, T b) {
    return static_cast<T>(a != b);
  }
};
FIRESTEEL_LAYER(NotEqual);

}  // namespace firesteel
