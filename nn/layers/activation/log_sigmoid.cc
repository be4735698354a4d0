// SPDX-License-Identifier: Apache-2.0
// LogSigmoid: y = log(1 / (1 + e^-x)).
#include "nn/layers/activation/elementwise.h"

namespace firesteel {

struct LogSigmoid final : ActivationOf<LogSigmoid, Function::softplus> {
  static constexpr auto schema() {
    return Schema{"LogSigmoid", "activation",
                  "Logarithm of the logistic function of each element."};
  }
  static Sample sample() { return {.attrs = {}, .in = {{3, 7}}}; }
  float alpha_of_function() const override { return -1; }
};
FIRESTEEL_LAYER(LogSigmoid);

}  // namespace firesteel
