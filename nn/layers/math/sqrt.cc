// SPDX-License-Identifier: Apache-2.0
// Sqrt: y = the square root of x.
#include "nn/layers/activation/elementwise.h"

namespace firesteel {

struct Sqrt final : ActivationOf<Sqrt, Function::sqrt> {
  static constexpr auto schema() { return Schema{"Sqrt", "math", "Square root of each element."}; }
  static Sample sample() { return {.attrs = {}, .in = {{3, 7}}, .least = 0.2}; }
};
FIRESTEEL_LAYER(Sqrt);

}  // namespace firesteel
