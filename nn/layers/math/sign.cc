// SPDX-License-Identifier: Apache-2.0
// Sign: y = -1, 0 or 1, as x is negative, zero or positive.
#include "nn/layers/math/pointwise.h"

namespace firesteel {

struct Sign final : InferencePointwiseOf<Sign> {
  static constexpr auto schema() { return Schema{"Sign", "math", "Sign of each element."}; }
  static Sample sample() { return {.attrs = {}, .in = {{3, 7}}}; }

  template <class T>
  T value(T x) const {
    return static_cast<T>((x > 0) - (x < 0));
  }
};
FIRESTEEL_LAYER(Sign);

}  // namespace firesteel
