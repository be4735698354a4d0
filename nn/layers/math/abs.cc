// SPDX-License-Identifier: Apache-2.0
// Abs: y = |x|; its gradient at zero is zero.
#include "nn/layers/activation/elementwise.h"

namespace firesteel {

struct Abs final : ActivationOf<Abs, Function::abs> {
  static constexpr auto schema() {
    return Schema{"Abs", "math", "Absolute value of each element."};
  }
  static Sample sample() { return {.attrs = {}, .in = {{3, 7}}, .kinks = {0}}; }
};
FIRESTEEL_LAYER(Abs);

}  // namespace firesteel
