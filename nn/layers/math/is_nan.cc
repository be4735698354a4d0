// SPDX-License-Identifier: Apache-2.0
// IsNan: y = 1 where x is not a number, 0 elsewhere.
#include "nn/layers/math/pointwise.h"

namespace firesteel {

struct IsNan final : InferencePointwiseOf<IsNan> {
  static constexpr auto schema() {
    return Schema{"IsNan", "math", "Finds the elements that are not a number."};
  }
  static Sample sample() { return {.attrs = {}, .in = {{3, 7}}}; }

  template <class T>
  T value(T x) const {
    return std::isnan(x) ? T(1) : T(0);
  }
};
FIRESTEEL_LAYER(IsNan);

}  // namespace firesteel
