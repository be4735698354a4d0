// SPDX-License-Identifier: Apache-2.0
// Digamma: y = the derivative of log(gamma(x)).
#include "nn/layers/math/digamma.h"

#include "nn/layers/math/pointwise.h"

namespace firesteel {

struct Digamma final : InferencePointwiseOf<Digamma> {
  static constexpr auto schema() {
    return Schema{"Digamma", "math", "Derivative of the logarithm of the gamma function."};
  }
  static Sample sample() { return {.attrs = {}, .in = {{3, 7}}, .least = 0.2}; }

  template <class T>
  T value(T x) const {
    return static_cast<T>(digamma(x));
  }
};
FIRESTEEL_LAYER(Digamma);

}  // namespace firesteel
