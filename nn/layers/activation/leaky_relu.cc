// SPDX-License-Identifier: Apache-2.0
// LeakyReLU: y = x where x > 0, negative_slope x elsewhere.
#include "nn/layers/activation/elementwise.h"

namespace firesteel {

struct LeakyReLU final : ActivationOf<LeakyReLU, Function::leaky_relu> {
  float negative_slope = 0.01f;

  static constexpr auto schema() {
    return Schema{
        "LeakyReLU", "activation", "Shrinks negative numbers.",
        attr("negative_slope", &LeakyReLU::negative_slope, "slope below zero", nonnegative)};
  }
  static Sample sample() { return {.attrs = {}, .in = {{3, 7}}, .kinks = {0}}; }
  float alpha_of_function() const override { return negative_slope; }
};
FIRESTEEL_LAYER(LeakyReLU);

}  // namespace firesteel
