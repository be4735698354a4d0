// SPDX-License-Identifier: Apache-2.0
// LogicalNot: y = 1 where x is 0, 0 elsewhere.
#include "nn/layers/math/pointwise.h"

namespace firesteel {

struct LogicalNot final : InferencePointwiseOf<LogicalNot> {
  static constexpr auto schema() {
    return Schema{"LogicalNot", "math",
                  "Turns false (0) into true (1), and any other number into false."};
  }
  static Sample sample() { return {.attrs = {}, .in = {{3, 7}}, .ids_below = 3}; }

  template <class T>
  T value(T x) const {
    return x == 0 ? T(1) : T(0);
  }
};
FIRESTEEL_LAYER(LogicalNot);

}  // namespace firesteel
