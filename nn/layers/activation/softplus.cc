// SPDX-License-Identifier: Apache-2.0
// Softplus: y = log(1 + exp(beta x)) / beta.
#include "nn/layers/activation/elementwise.h"

namespace firesteel {

struct Softplus final : ActivationOf<Softplus, Function::softplus> {
  float beta = 1;

  static constexpr auto schema() {
    return Schema{"Softplus", "activation", "A smooth form of ReLU.",
                  attr("beta", &Softplus::beta, "how sharply it bends", positive)};
  }
  static Sample sample() { return {.attrs = {{"beta", 2.0}}, .in = {{3, 7}}}; }
  float alpha_of_function() const override { return beta; }
};
FIRESTEEL_LAYER(Softplus);

}  // namespace firesteel
