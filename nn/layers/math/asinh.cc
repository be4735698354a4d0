// SPDX-License-Identifier: Apache-2.0
// Asinh: y = log(x + sqrt(x^2 + 1)), the inverse of Sinh.
#include "nn/layers/math/pointwise.h"

namespace firesteel {

struct Asinh final : PointwiseOf<Asinh> {
  static constexpr auto schema() {
    return Schema{"Asinh", "math", "Inverse hyperbolic sine of each element."};
  }
  static Sample sample() { return {.attrs = {}, .in = {{3, 7}}}; }

  template <class T>
  T value(T x) const {
    return std::asinh(x);
  }
  template <class T>
  T slope(T x) const {
    return 1 / std::sqrt(x * x + 1);
  }
};
FIRESTEEL_LAYER(Asinh);

}  // namespace firesteel
