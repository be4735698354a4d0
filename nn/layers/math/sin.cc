// SPDX-License-Identifier: Apache-2.0
// Sin: y = sin(x).
#include "nn/layers/math/pointwise.h"

namespace firesteel {

struct Sin final : PointwiseOf<Sin> {
  static constexpr auto schema() { return Schema{"Sin", "math", "Sine of each element."}; }
  static Sample sample() { return {.attrs = {}, .in = {{3, 7}}}; }

  template <class T>
  T value(T x) const {
    return std::sin(x);
  }
  template <class T>
  T slope(T x) const {
    return std::cos(x);
  }
};
FIRESTEEL_LAYER(Sin);

}  // namespace firesteel
