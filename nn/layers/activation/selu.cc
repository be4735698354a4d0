// SPDX-License-Identifier: Apache-2.0
// SELU: y = scale x where x > 0, scale alpha (exp(x) - 1) elsewhere, with the two numbers for which
// layers keep mean 0 and variance 1. Klambauer et al., "Self-normalizing neural networks", 2017.
#include "nn/layers/activation/scaled_elu.h"

namespace firesteel {

struct SELU final : ScaledEluOf<SELU> {
  static constexpr auto schema() {
    return Schema{"SELU", "activation", "ELU with factors that keep numbers normalized."};
  }
  static Sample sample() { return {.attrs = {}, .in = {{3, 7}}, .kinks = {0}}; }
  Factors factors() const override {
    return {.outer = 1.0507009873554804934f, .alpha = 1.6732632423543772848f};
  }
};
FIRESTEEL_LAYER(SELU);

}  // namespace firesteel
