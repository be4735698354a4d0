// SPDX-License-Identifier: Apache-2.0
// Adagrad: s = s + g^2; w = w - lr / (1 + t lr_decay) g / (sqrt(s) + eps), where g has d w added. Duchi
// et al., "Adaptive Subgradient Methods for Online Learning and Stochastic Optimization", JMLR 2011.
#include <cmath>

#include "train/optimizer.h"

namespace firesteel {

struct Adagrad final : OptimizerOf<Adagrad> {
  float lr = 0.01f, lr_decay = 0, weight_decay = 0, initial_accumulator_value = 0, eps = 1e-10f;

  static constexpr auto schema() {
    return Schema{"Adagrad",
                  "optimizer",
                  "Steps over the root of the sum of all squared gradients.",
                  attr("lr", &Adagrad::lr, "learning rate", positive),
                  attr("lr_decay", &Adagrad::lr_decay, "lr is divided by 1 + iteration x lr_decay",
                       nonnegative),
                  attr("weight_decay", &Adagrad::weight_decay,
                       "L2 penalty on weights; biases and normalization are left out", nonnegative),
                  attr("initial_accumulator_value", &Adagrad::initial_accumulator_value,
                       "what the sum begins with", nonnegative),
                  attr("eps", &Adagrad::eps, "added to what is divided by", positive)};
  }

  int states() const override { return 1; }
  double base_lr() const override { return lr; }
  double base_decay() const override { return weight_decay; }

  void update(const Update& u) const override {
    const float penalty = u.weight_decay, first = initial_accumulator_value, small = eps;
    const auto step =
        static_cast<float>(u.lr / (1.0 + static_cast<double>(u.step) * double{lr_decay}));
    float *w = u.values, *squares = u.states[0];  // beyond those that it begins with
    const float* gradients = u.gradients;
    for (int64_t i = 0; i < u.count; ++i) {
      float g = gradients[i] + penalty * w[i];
      squares[i] += g * g;
      w[i] -= step * g / (std::sqrt(first + squares[i]) + small);
    }
  }
};
FIRESTEEL_REGISTER(Optimizer, Adagrad);

}  // namespace firesteel
