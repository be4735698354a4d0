// SPDX-License-Identifier: Apache-2.0
// Trunc: y = x without what follows the point.
#include "nn/layers/math/pointwise.h"

namespace firesteel {

struct Trunc final : InferencePointwiseOf<Trunc> {
  static constexpr auto schema() {
    return Schema{"Trunc", "math", "Rounds each element towards zero."};
  }
  static Sample sample() { return {.attrs = {}, .in = {{3, 7}}}; }

  template <class T>
  T value(T x) const {
    return std::trunc(x);
  }
};
FIRESTEEL_LAYER(Trunc);

}  // namespace firesteel
