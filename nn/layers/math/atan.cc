// SPDX-License-Identifier: Apache-2.0
// Atan: y = arctan(x).
#include "nn/layers/math/pointwise.h"

namespace firesteel {

struct Atan final : PointwiseOf<Atan> {
  static constexpr auto schema() {
    return Schema{"Atan", "math", "Angle whose tangent is each element."};
  }
  static Sample sample() { return {.attrs = {}, .in = {{3, 7}}}; }

  template <class T>
  T value(T x) const {
    return std::atan(x);
  }
  template <class T>
  T slope(T x) const {
    return 1 / (1 + x * x);
  }
};
FIRESTEEL_LAYER(Atan);

}  // namespace firesteel
