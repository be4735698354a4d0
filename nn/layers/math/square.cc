// SPDX-License-Identifier: Apache-2.0
// Square: y = x^2.
#include "nn/layers/activation/elementwise.h"

namespace firesteel {

struct Square final : ActivationOf<Square, Function::square> {
  static constexpr auto schema() { return Schema{"Square", "math", "Square of each element."}; }
  static Sample sample() { return {.attrs = {}, .in = {{3, 7}}}; }
};
FIRESTEEL_LAYER(Square);

}  // namespace firesteel
