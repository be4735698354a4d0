// SPDX-License-Identifier: Apache-2.0
// Negative: y = -x.
#include "nn/layers/activation/elementwise.h"

namespace firesteel {

struct Negative final : ActivationOf<Negative, Function::linear> {
  static constexpr auto schema() {
    return Schema{"Negative", "math", "Changes the sign of each element."};
  }
  static Sample sample() { return {.attrs = {}, .in = {{3, 7}}}; }
  float alpha_of_function() const override { return -1; }
};
FIRESTEEL_LAYER(Negative);

}  // namespace firesteel
