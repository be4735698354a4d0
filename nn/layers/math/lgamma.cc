// SPDX-License-Identifier: Apache-2.0
// Lgamma: y = log(|gamma(x)|).
#include "nn/layers/math/digamma.h"
#include "nn/layers/math/pointwise.h"

namespace firesteel {

struct Lgamma final : PointwiseOf<Lgamma> {
  static constexpr auto schema() {
    return Schema{"Lgamma", "math", "Logarithm of the gamma function's absolute value."};
  }
  static Sample sample() { return {.attrs = {}, .in = {{3, 7}}, .least = 0.2}; }

  template <class T>
  T value(T x) const {
    int sign;  // std::lgamma would write it where other threads do
    return static_cast<T>(lgamma_r(x, &sign));
  }
  template <class T>
  T slope(T x) const {
    return static_cast<T>(digamma(x));
  }
};
FIRESTEEL_LAYER(Lgamma);

}  // namespace firesteel
