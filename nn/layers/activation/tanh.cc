// SPDX-License-Identifier: Apache-2.0
// Tanh: y = tanh(x).
#include "nn/layers/activation/elementwise.h"

namespace firesteel {

struct Tanh final : ActivationOf<Tanh, Function::tanh> {
  static constexpr auto schema() {
    return Schema{"Tanh", "activation", "Hyperbolic tangent of each element."};
  }
  static Sample sample() { return {.attrs = {}, .in = {{3, 7}}}; }
};
FIRESTEEL_LAYER(Tanh);

}  // namespace firesteel
