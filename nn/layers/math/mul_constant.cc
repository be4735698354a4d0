// SPDX-License-Identifier: Apache-2.0
// MulConstant: y = value x.
#include "nn/layers/activation/elementwise.h"

namespace firesteel {

struct MulConstant final : ActivationOf<MulConstant, Function::linear> {
  float value = 1;

  static constexpr auto schema() {
    return Schema{"MulConstant", "math", "Multiplies each element by a number.",
                  required("value", &MulConstant::value, "the factor")};
  }
  static Sample sample() { return {.attrs = {{"value", 0.3}}, .in = {{3, 7}}}; }
  float alpha_of_function() const override { return value; }
};
FIRESTEEL_LAYER(MulConstant);

}  // namespace firesteel
