// SPDX-License-Identifier: Apache-2.0
// HardSigmoid: y = min(max(slope x + offset, 0), 1).
#include "nn/layers/activation/elementwise.h"

namespace firesteel {

struct HardSigmoid final : ActivationOf<HardSigmoid, Function::hard_sigmoid> {
  float slope = 1.f / 6, offset = 0.5f;

  static constexpr auto schema() {
    return Schema{"HardSigmoid", "activation",
                  "Sigmoid made of straight lines; in Keras its slope is 0.2.",
                  attr("slope", &HardSigmoid::slope, "slope in the middle", positive),
                  attr("offset", &HardSigmoid::offset, "value at zero")};
  }
  static Sample sample() {
    return {.attrs = {{"slope", 0.5}, {"offset", 0.25}}, .in = {{3, 7}}, .kinks = {-0.5, 1.5}};
  }
  float alpha_of_function() const override { return slope; }
  float beta_of_function() const override { return offset; }
};
FIRESTEEL_LAYER(HardSigmoid);

}  // namespace firesteel
