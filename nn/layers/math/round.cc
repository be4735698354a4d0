// SPDX-License-Identifier: Apache-2.0
// Round: y = the whole number nearest to x; of two, the even one.
#include "nn/layers/math/pointwise.h"

namespace firesteel {

struct Round final : InferencePointwiseOf<Round> {
  static constexpr auto schema() {
    return Schema{"Round", "math",
                  "Rounds each element to the nearest whole number, halves to the even one."};
  }
  static Sample sample() { return {.attrs = {}, .in = {{3, 7}}}; }

  template <class T>
  T value(T x) const {
    return std::rint(x);
  }
};
FIRESTEEL_LAYER(Round);

}  // namespace firesteel
