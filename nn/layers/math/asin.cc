// SPDX-License-Identifier: Apache-2.0
// Asin: y = arcsin(x).
#include "nn/layers/math/pointwise.h"

namespace firesteel {

struct Asin final : PointwiseOf<Asin> {
  static constexpr auto schema() {
    return Schema{"Asin", "math", "Angle whose sine is each element."};
  }
  static Sample sample() { return {.attrs = {}, .in = {{3, 7}}, .least = -0.9, .most = 0.9}; }

  template <class T>
  T value(T x) const {
    return std::asin(x);
  }
  template <class T>
  T slope(T x) const {
    return 1 / std::sqrt((1 - x) * (1 + x));
  }
};
FIRESTEEL_LAYER(Asin);

}  // namespace firesteel
