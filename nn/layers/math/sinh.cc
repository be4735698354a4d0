// SPDX-License-Identifier: Apache-2.0
// Sinh: y = (e^x - e^-x) / 2.
#include "nn/layers/math/pointwise.h"

namespace firesteel {

struct Sinh final : PointwiseOf<Sinh> {
  static constexpr auto schema() {
    return Schema{"Sinh", "math", "Hyperbolic sine of each element."};
  }
  static Sample sample() { return {.attrs = {}, .in = {{3, 7}}}; }

  template <class T>
  T value(T x) const {
    return std::sinh(x);
  }
  template <class T>
  T slope(T x) const {
    return std::cosh(x);
  }
};
FIRESTEEL_LAYER(Sinh);

}  // namespace firesteel
