// SPDX-License-Identifier: Apache-2.0
// SiLU: y = x sigmoid(x). Elfwing et al., 2018.
#include "nn/layers/activation/elementwise.h"

namespace firesteel {

struct SiLU final : ActivationOf<SiLU, Function::silu> {
  static constexpr auto schema() {
    return Schema{"SiLU", "activation", "Sigmoid linear unit of each element, also called swish."};
  }
  static Sample sample() { return {.attrs = {}, .in = {{3, 7}}}; }
};
FIRESTEEL_LAYER(SiLU);

}  // namespace firesteel
