// SPDX-License-Identifier: Apache-2.0
// Reciprocal: y = 1 / x.
#include "nn/layers/activation/elementwise.h"

namespace firesteel {

struct Reciprocal final : ActivationOf<Reciprocal, Function::power> {
  static constexpr auto schema() {
    return Schema{"Reciprocal", "math", "One divided by each element."};
  }
  static Sample sample() { return {.attrs = {}, .in = {{3, 7}}, .least = 0.3}; }
  float alpha_of_function() const override { return 1; }
  float beta_of_function() const override { return -1; }
};
FIRESTEEL_LAYER(Reciprocal);

}  // namespace firesteel
