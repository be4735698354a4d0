// SPDX-License-Identifier: Apache-2.0
// Exp: y = e^x.
#include "nn/layers/activation/elementwise.h"

namespace firesteel {

struct Exp final : ActivationOf<Exp, Function::exp> {
  static constexpr auto schema() {
    return Schema{"Exp", "math", "Exponential function of each element."};
  }
  static Sample sample() { return {.attrs = {}, .in = {{3, 7}}}; }
};
FIRESTEEL_LAYER(Exp);

}  // namespace firesteel
