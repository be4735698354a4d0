// SPDX-License-Identifier: Apache-2.0
// Tan: y = tan(x).
#include "nn/layers/math/pointwise.h"

namespace firesteel {

struct Tan final : PointwiseOf<Tan> {
  static constexpr auto schema() { return Schema{"Tan", "math", "Tangent of each element."}; }
  static Sample sample() { return {.attrs = {}, .in = {{3, 7}}, .least = -1.2, .most = 1.2}; }

  template <class T>
  T value(T x) const {
    return std::tan(x);
  }
  template <class T>
  T slope(T x) const {
    T t = std::tan(x);
    return 1 + t * t;
  }
};
FIRESTEEL_LAYER(Tan);

}  // namespace firesteel
