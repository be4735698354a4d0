// SPDX-License-Identifier: Apache-2.0
// Floor: y = the largest whole number <= x.
#include "nn/layers/math/pointwise.h"

namespace firesteel {

struct Floor final : InferencePointwiseOf<Floor> {
  static constexpr auto schema() { return Schema{"Floor", "math", "Rounds each element down."}; }
  static Sample sample() { return {.attrs = {}, .in = {{3, 7}}}; }

  template <class T>
  T value(T x) const {
    return std::floor(x);
  }
};
FIRESTEEL_LAYER(Floor);

}  // namespace firesteel
