// SPDX-License-Identifier: Apache-2.0
// Acosh: y = log(x + sqrt(x^2 - 1)), the inverse of Cosh, for x >= 1.
#include "nn/layers/math/pointwise.h"

namespace firesteel {

struct Acosh final : PointwiseOf<Acosh> {
  static constexpr auto schema() {
    return Schema{"Acosh", "math", "Inverse hyperbolic cosine of each element."};
  }
  static Sample sample() { return {.attrs = {}, .in = {{3, 7}}, .least = 1.2}; }

  template <class T>
  T value(T x) const {
    return std::acosh(x);
  }
  template <class T>
  T slope(T x) const {
    return 1 / std::sqrt((x - 1) * (x + 1));
  }
};
FIRESTEEL_LAYER(Acosh);

}  // namespace firesteel
