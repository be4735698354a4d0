// SPDX-License-Identifier: Apache-2.0
// Log1p: y = log(1 + x), exact for small x too.
#include "nn/layers/math/pointwise.h"

namespace firesteel {

struct Log1p final : PointwiseOf<Log1p> {
  static constexpr auto schema() {
    return Schema{"Log1p", "math", "Natural logarithm of one plus each element."};
  }
  static Sample sample() { return {.attrs = {}, .in = {{3, 7}}, .least = -0.7}; }

  template <class T>
  T value(T x) const {
    return std::log1p(x);
  }
  template <class T>
  T slope(T x) const {
    return 1 / (1 + x);
  }
};
FIRESTEEL_LAYER(Log1p);

}  // namespace firesteel
