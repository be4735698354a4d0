// SPDX-License-Identifier: Apache-2.0
// Sigmoid: y = 1 / (1 + exp(-x)).
#include "nn/layers/activation/elementwise.h"

namespace firesteel {

struct Sigmoid final : ActivationOf<Sigmoid, Function::sigmoid> {
  static constexpr auto schema() {
    return Schema{"Sigmoid", "activation", "Logistic function of each element."};
  }
  static Sample sample() { return {.attrs = {}, .in = {{3, 7}}}; }
};
FIRESTEEL_LAYER(Sigmoid);

}  // namespace firesteel
