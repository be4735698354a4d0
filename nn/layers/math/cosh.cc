// SPDX-License-Identifier: Apache-2.0
// Cosh: y = (e^x + e^-x) / 2.
#include "nn/layers/math/pointwise.h"

namespace firesteel {

struct Cosh final : PointwiseOf<Cosh> {
  static constexpr auto schema() {
    return Schema{"Cosh", "math", "Hyperbolic cosine of each element."};
  }
  static Sample sample() { return {.attrs = {}, .in = {{3, 7}}}; }

  template <class T>
  T value(T x) const {
    return std::cosh(x);
  }
  template <class T>
  T slope(T x) const {
    return std::sinh(x);
  }
};
FIRESTEEL_LAYER(Cosh);

}  // namespace firesteel
