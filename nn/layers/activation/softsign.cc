// SPDX-License-Identifier: Apache-2.0
// Softsign: y = x / (1 + |x|).
#include "nn/layers/math/pointwise.h"

namespace firesteel {

struct Softsign final : PointwiseOf<Softsign> {
  static constexpr auto schema() {
    return Schema{"Softsign", "activation", "Tends to -1 and 1 as Tanh does, but slowly."};
  }
  static Sample sample() { return {.attrs = {}, .in = {{3, 7}}}; }

  template <class T>
  T value(T x) const {
    return x / (1 + std::abs(x));
  }
  template <class T>
  T slope(T x) const {
    T d = 1 + std::abs(x);
    return 1 / (d * d);
  }
};
FIRESTEEL_LAYER(Softsign);

}  // namespace firesteel
