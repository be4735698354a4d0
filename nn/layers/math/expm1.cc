// SPDX-License-Identifier: Apache-2.0
// Expm1: y = e^x - 1, exact for small x too.
#include "nn/layers/math/pointwise.h"

namespace firesteel {

struct Expm1 final : PointwiseOf<Expm1> {
  static constexpr auto schema() {
    return Schema{"Expm1", "math", "Exponential function minus one of each element."};
  }
  static Sample sample() { return {.attrs = {}, .in = {{3, 7}}}; }

  template <class T>
  T value(T x) const {
    return std::expm1(x);
  }
  template <class T>
  T slope(T x) const {
    return std::exp(x);
  }
};
FIRESTEEL_LAYER(Expm1);

}  // namespace firesteel
