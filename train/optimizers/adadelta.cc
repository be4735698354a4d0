// SPDX-License-Identifier: Apache-2.0
// Adadelta: s = rho s + (1 - rho) g^2; x = sqrt(a + eps) / sqrt(s + eps) g; a = rho a + (1 - rho) x^2;
// w = w - lr x, where g has d w added. Zeiler, "ADADELTA: An Adaptive Learning Rate Method", 2012.
#include <cmath>

#include "train/optimizer.h"

namespace firesteel {

struct Adadelta final : OptimizerOf<Adadelta> {
  float lr = 1, rho = 0.9f, eps = 1e-6f, weight_decay = 0;

  static constexpr auto schema() {
    return Schema{
        "Adadelta",
        "optimizer",
        "Steps as large as former ones, over the size of gradients.",
        attr("lr", &Adadelta::lr, "learning rate", positive),
        attr("rho", &Adadelta::rho, "share of the means of squares that is kept", fraction),
        attr("eps", &Adadelta::eps, "added to means of squares", positive),
        attr("weight_decay", &Adadelta::weight_decay,
             "L2 penalty on weights; biases and normalization are left out", nonnegative)};
  }

  int states() const override { return 2; }
  double base_lr() const override { return lr; }
  double base_decay() const override { return weight_decay; }

  void update(const Update& u) const override {
    const float kept = rho, small = eps, penalty = u.weight_decay, step = u.lr;
    float *w = u.values, *squares = u.states[0], *steps = u.states[1];
    const float* gradients = u.gradients;
    for (int64_t i = 0; i < u.count; ++i) {
      float g = gradients[i] + penalty * w[i];
      squares[i] = kept * squares[i] + (1 - kept) * g * g;
      float x = std::sqrt(steps[i] + small) / std::sqrt(squares[i] + small) * g;
      steps[i] = kept * steps[i] + (1 - kept) * x * x;
      w[i] -= step * x;
    }
  }
};
FIRESTEEL_REGISTER(Optimizer, Adadelta);

}  // namespace firesteel
