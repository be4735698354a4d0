// SPDX-License-Identifier: Apache-2.0
// IsFinite: y = 1 where x is a number and not infinite, 0 elsewhere.
#include "nn/layers/math/pointwise.h"

namespace firesteel {

struct IsFinite final : InferencePointwiseOf<IsFinite> {
  static constexpr auto schema() {
    return Schema{"IsFinite", "math",
                  "Finds the elements that are neither infinite nor not a number."};
  }
  static Sample sample() { return {.attrs = {}, .in = {{3, 7}}}; }

  template <class T>
  T value(T x) const {
    return std::isfinite(x) ? T(1) : T(0);
  }
};
FIRESTEEL_LAYER(IsFinite);

}  // namespace firesteel
