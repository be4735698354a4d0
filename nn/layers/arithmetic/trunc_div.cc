// SPDX-License-Identifier: Apache-2.0
// TruncDiv: y = a / b, rounded toward zero, element by element.
#include <cmath>

#include "nn/layers/arithmetic/binary.h"

namespace firesteel {

struct TruncDiv final : ComparisonOf<TruncDiv> {
  static constexpr auto schema() {
    return Schema{"TruncDiv", "arithmetic",
                  "Divides the first input by the second and rounds toward zero; extents of 1, or "
                  "missing in front, are repeated. It has no gradient."};
  }
  static Sample sample() {
    return {.attrs = {}, .in = {{2, 3, 4}, {2, 4}}, .kinks = {-0.1, 0, 0.1}};
  }

  template <class T>
  static T value(T a, T b) {
    return std::trunc(a / b);
  }
};
FIRESTEEL_LAYER(TruncDiv);

}  // namespace firesteel
