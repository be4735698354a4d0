// SPDX-License-Identifier: Apache-2.0
// Softmax: y = exp(x) / sum of exp(x), over one extent.
#include "nn/layers/activation/softmax.h"

namespace firesteel {

struct Softmax final : ProbabilitiesOf<Softmax, 1> {
  static constexpr auto schema() {
    return Schema{"Softmax", "activation",
                  "Turns one extent into probabilities. Train with CrossEntropy on the numbers "
                  "before it.",
                  attr("dim", &Softmax::dim, kDimDoc)};
  }
  static Sample sample() { return {.attrs = {{"dim", int64_t{1}}}, .in = {{3, 5, 2}}}; }
};
FIRESTEEL_LAYER(Softmax);

}  // namespace firesteel
