// SPDX-License-Identifier: Apache-2.0
// AddConstant: y = x + value.
#include "nn/layers/activation/elementwise.h"

namespace firesteel {

struct AddConstant final : ActivationOf<AddConstant, Function::linear> {
  float value = 0;

  static constexpr auto schema() {
    return Schema{"AddConstant", "math", "Adds a number to each element.",
                  required("value", &AddConstant::value, "what is added")};
  }
  static Sample sample() { return {.attrs = {{"value", 0.3}}, .in = {{3, 7}}}; }
  float alpha_of_function() const override { return 1; }
  float beta_of_function() const override { return value; }
};
FIRESTEEL_LAYER(AddConstant);

}  // namespace firesteel
