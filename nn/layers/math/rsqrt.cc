// SPDX-License-Identifier: Apache-2.0
// Rsqrt: y = 1 / sqrt(x).
#include "nn/layers/math/pointwise.h"

namespace firesteel {

struct Rsqrt final : PointwiseOf<Rsqrt> {
  static constexpr auto schema() {
    return Schema{"Rsqrt", "math", "One divided by the square root of each element."};
  }
  static Sample sample() { return {.attrs = {}, .in = {{3, 7}}, .least = 0.3}; }

  template <class T>
  T value(T x) const {
    return 1 / std::sqrt(x);
  }
  template <class T>
  T slope(T x) const {
    return T(-0.5) / (x * std::sqrt(x));
  }
};
FIRESTEEL_LAYER(Rsqrt);

}  // namespace firesteel
