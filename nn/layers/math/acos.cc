// SPDX-License-Identifier: Apache-2.0
// Acos: y = arccos(x).
#include "nn/layers/math/pointwise.h"

namespace firesteel {

struct Acos final : PointwiseOf<Acos> {
  static constexpr auto schema() {
    return Schema{"Acos", "math", "Angle whose cosine is each element."};
  }
  static Sample sample() { return {.attrs = {}, .in = {{3, 7}}, .least = -0.9, .most = 0.9}; }

  template <class T>
  T value(T x) const {
    return std::acos(x);
  }
  template <class T>
  T slope(T x) const {
    return -1 / std::sqrt((1 - x) * (1 + x));
  }
};
FIRESTEEL_LAYER(Acos);

}  // namespace firesteel
