// SPDX-License-Identifier: Apache-2.0
// Erfc: y = 1 - erf(x), exact for large x too.
#include <numbers>

#include "nn/layers/math/pointwise.h"

namespace firesteel {

struct Erfc final : PointwiseOf<Erfc> {
  static constexpr auto schema() {
    return Schema{"Erfc", "math", "One minus the error function of each element."};
  }
  static Sample sample() { return {.attrs = {}, .in = {{3, 7}}}; }

  template <class T>
  T value(T x) const {
    return std::erfc(x);
  }
  template <class T>
  T slope(T x) const {
    return -2 * std::numbers::inv_sqrtpi_v<T> * std::exp(-x * x);
  }
};
FIRESTEEL_LAYER(Erfc);

}  // namespace firesteel
