// SPDX-License-Identifier: Apache-2.0
// ReLU: y = max(x, 0).
#include "nn/layers/activation/elementwise.h"

namespace firesteel {

struct ReLU final : ActivationOf<ReLU, Function::relu> {
  static constexpr auto schema() {
    return Schema{"ReLU", "activation", "Replaces negative numbers by zero."};
  }
  static Sample sample() { return {.attrs = {}, .in = {{3, 7}}, .kinks = {0}}; }
};
FIRESTEEL_LAYER(ReLU);

}  // namespace firesteel
