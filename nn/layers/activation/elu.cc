// SPDX-License-Identifier: Apache-2.0
// ELU: y = x where x > 0, alpha (exp(x) - 1) elsewhere. Clevert et al., 2016.
#include "nn/layers/activation/elementwise.h"

namespace firesteel {

struct ELU final : ActivationOf<ELU, Function::elu> {
  float alpha = 1;

  static constexpr auto schema() {
    return Schema{"ELU", "activation", "Lets negative numbers tend to -alpha.",
                  attr("alpha", &ELU::alpha, "limit below zero, negated", positive)};
  }
  static Sample sample() { return {.attrs = {}, .in = {{3, 7}}, .kinks = {0}}; }
  float alpha_of_function() const override { return alpha; }
};
FIRESTEEL_LAYER(ELU);

}  // namespace firesteel
