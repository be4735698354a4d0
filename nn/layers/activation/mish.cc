// SPDX-License-Identifier: Apache-2.0
// Mish: y = x tanh(log(1 + e^x)). Misra, "Mish: a self regularized non-monotonic activation
// function", 2019.
#include "nn/layers/activation/elementwise.h"

namespace firesteel {

struct Mish final : ActivationOf<Mish, Function::mish> {
  static constexpr auto schema() {
    return Schema{"Mish", "activation",
                  "A smooth form of ReLU that lets small negative numbers through."};
  }
  static Sample sample() { return {.attrs = {}, .in = {{3, 7}}}; }
};
FIRESTEEL_LAYER(Mish);

}  // namespace firesteel
