// SPDX-License-Identifier: Apache-2.0
// Hardswish: y = x min(max(x + 3, 0), 6) / 6. Howard et al., "Searching for MobileNetV3", 2019.
#include "nn/layers/activation/elementwise.h"

namespace firesteel {

struct Hardswish final : ActivationOf<Hardswish, Function::hard_swish> {
  static constexpr auto schema() {
    return Schema{"Hardswish", "activation", "SiLU made of straight lines."};
  }
  static Sample sample() { return {.attrs = {}, .in = {{3, 7}}, .kinks = {-3, 3}}; }
  float alpha_of_function() const override { return 1.f / 6; }
  float beta_of_function() const override { return 0.5f; }
};
FIRESTEEL_LAYER(Hardswish);

}  // namespace firesteel
