// SPDX-License-Identifier: Apache-2.0
// Cos: y = cos(x).
#include "nn/layers/math/pointwise.h"

namespace firesteel {

struct Cos final : PointwiseOf<Cos> {
  static constexpr auto schema() { return Schema{"Cos", "math", "Cosine of each element."}; }
  static Sample sample() { return {.attrs = {}, .in = {{3, 7}}}; }

  template <class T>
  T value(T x) const {
    return std::cos(x);
  }
  template <class T>
  T slope(T x) const {
    return -std::sin(x);
  }
};
FIRESTEEL_LAYER(Cos);

}  // namespace firesteel
