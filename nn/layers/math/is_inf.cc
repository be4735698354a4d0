// SPDX-License-Identifier: Apache-2.0
// IsInf: y = 1 where x is infinite, 0 elsewhere.
#include "nn/layers/math/pointwise.h"

namespace firesteel {

struct IsInf final : InferencePointwiseOf<IsInf> {
  static constexpr auto schema() { return Schema{"IsInf", "math", "Finds the infinite elements."}; }
  static Sample sample() { return {.attrs = {}, .in = {{3, 7}}}; }

  template <class T>
  T value(T x) const {
    return std::isinf(x) ? T(1) : T(0);
  }
};
FIRESTEEL_LAYER(IsInf);

}  // namespace firesteel
