// SPDX-License-Identifier: Apache-2.0
// CELU: y = x where x > 0, alpha (exp(x / alpha) - 1) elsewhere. Barron, "Continuously
// differentiable exponential linear units", 2017.
#include "nn/layers/activation/scaled_elu.h"

namespace firesteel {

struct CELU final : ScaledEluOf<CELU> {
  float alpha = 1;

  static constexpr auto schema() {
    return Schema{"CELU", "activation",
                  "Lets negative numbers tend to -alpha, without a kink at zero.",
                  attr("alpha", &CELU::alpha, "limit below zero, negated", positive)};
  }
  static Sample sample() { return {.attrs = {{"alpha", 0.5}}, .in = {{3, 7}}, .kinks = {0}}; }
  Factors factors() const override { return {.inner = 1 / alpha, .outer = alpha}; }
};
FIRESTEEL_LAYER(CELU);

}  // namespace firesteel
