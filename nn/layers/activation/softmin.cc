// SPDX-License-Identifier: Apache-2.0
// Softmin: y = exp(-x) / sum of exp(-x), over one extent.
#include "nn/layers/activation/softmax.h"

namespace firesteel {

struct Softmin final : ProbabilitiesOf<Softmin, -1> {
  static constexpr auto schema() {
    return Schema{"Softmin", "activation",
                  "Turns one extent into probabilities, the largest one of the smallest number.",
                  attr("dim", &Softmin::dim, kDimDoc)};
  }
  static Sample sample() { return {.attrs = {}, .in = {{3, 5}}}; }
};
FIRESTEEL_LAYER(Softmin);

}  // namespace firesteel
