// SPDX-License-Identifier: Apache-2.0
// Atanh: y = log((1 + x) / (1 - x)) / 2, the inverse of Tanh.
#include "nn/layers/math/pointwise.h"

namespace firesteel {

struct Atanh final : PointwiseOf<Atanh> {
  static constexpr auto schema() {
    return Schema{"Atanh", "math", "Inverse hyperbolic tangent of each element."};
  }
  static Sample sample() { return {.attrs = {}, .in = {{3, 7}}, .least = -0.9, .most = 0.9}; }

  template <class T>
  T value(T x) const {
    return std::atanh(x);
  }
  template <class T>
  T slope(T x) const {
    return 1 / ((1 - x) * (1 + x));
  }
};
FIRESTEEL_LAYER(Atanh);

}  // namespace firesteel
