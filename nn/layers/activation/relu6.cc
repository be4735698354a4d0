// SPDX-License-Identifier: Apache-2.0
// ReLU6: y = min(max(x, 0), 6).
#include "nn/layers/activation/elementwise.h"

namespace firesteel {

struct ReLU6 final : ActivationOf<ReLU6, Function::relu6> {
  static constexpr auto schema() {
    return Schema{"ReLU6", "activation", "Limits numbers to 0 to 6."};
  }
  static Sample sample() { return {.attrs = {}, .in = {{3, 7}}, .kinks = {0, 6}}; }
};
FIRESTEEL_LAYER(ReLU6);

}  // namespace firesteel
