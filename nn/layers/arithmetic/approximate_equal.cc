// SPDX-License-Identifier: Apache-2.0
// ApproximateEqual: y = 1 where |a - b| < tolerance, else 0, element by element.
#include <cmath>

#include "nn/layers/arithmetic/binary.h"

namespace firesteel {

struct ApproximateEqual final : ComparisonOf<ApproximateEqual> {
  float tolerance = 1e-5f;

  static constexpr auto schema() {
    return Schema{
        "ApproximateEqual", "arithmetic",
        "1 where two inputs are almost equal, else 0; extents of 1, or missing in front, are "
        "repeated. It has no gradient.",
        attr("tolerance", &ApproximateEqual::tolerance, "their distance is less", positive)};
  }
  static Sample sample() { return {.attrs = {{"tolerance", 0.5}}, .in = {{2, 3, 4}, {2, 4}}}; }

  template <class T>
  T value(T a, T b) const {
    return static_cast<T>(std::abs(a - b) < static_cast<T>(tolerance));
  }
};
FIRESTEEL_LAYER(ApproximateEqual);

}  // namespace firesteel
