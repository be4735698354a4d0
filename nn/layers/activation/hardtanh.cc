// SPDX-License-Identifier: Apache-2.0
// Hardtanh: y = min(max(x, min_val), max_val). As in PyTorch no gradient passes at the limits.
#include "nn/layers/activation/elementwise.h"

namespace firesteel {

struct Hardtanh final : ActivationOf<Hardtanh, Function::clip> {
  float min_val = -1, max_val = 1;

  static constexpr auto schema() {
    return Schema{"Hardtanh", "activation", "Limits numbers to a range, -1 to 1 by default.",
                  attr("min_val", &Hardtanh::min_val, "the least number"),
                  attr("max_val", &Hardtanh::max_val, "the largest number")};
  }
  static Sample sample() {
    return {.attrs = {{"min_val", -0.5}}, .in = {{3, 7}}, .kinks = {-0.5, 1}};
  }
  void check() const override {
    require<AttrError>(min_val < max_val, "Hardtanh.max_val: must be > min_val, got ", max_val,
                       " and ", min_val);
  }
  float alpha_of_function() const override { return min_val; }
  float beta_of_function() const override { return max_val; }
};
FIRESTEEL_LAYER(Hardtanh);

}  // namespace firesteel
