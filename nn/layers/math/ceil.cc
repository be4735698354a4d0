// SPDX-License-Identifier: Apache-2.0
// Ceil: y = the smallest whole number >= x.
#include "nn/layers/math/pointwise.h"

namespace firesteel {

struct Ceil final : InferencePointwiseOf<Ceil> {
  static constexpr auto schema() { return Schema{"Ceil", "math", "Rounds each element up."}; }
  static Sample sample() { return {.attrs = {}, .in = {{3, 7}}}; }

  template <class T>
  T value(T x) const {
    return std::ceil(x);
  }
};
FIRESTEEL_LAYER(Ceil);

}  // namespace firesteel
