// SPDX-License-Identifier: Apache-2.0
// Erf: y = 2 / sqrt(pi) times the integral of exp(-t^2) from 0 to x.
#include <numbers>

#include "nn/layers/math/pointwise.h"

namespace firesteel {

struct Erf final : PointwiseOf<Erf> {
  static constexpr auto schema() {
    return Schema{"Erf", "math", "Error function of each element."};
  }
  static Sample sample() { return {.attrs = {}, .in = {{3, 7}}}; }

  template <class T>
  T value(T x) const {
    return std::erf(x);
  }
  template <class T>
  T slope(T x) const {
    return 2 * std::numbers::inv_sqrtpi_v<T> * std::exp(-x * x);
  }
};
FIRESTEEL_LAYER(Erf);

}  // namespace firesteel
