// SPDX-License-Identifier: Apache-2.0
// RMSprop: s = alpha s + (1 - alpha) g^2; x = g / (sqrt(s) + eps); b = momentum b + x; w = w - lr b, where
// g has d w added. Tieleman and Hinton, "Lecture 6.5: RMSProp", 2012. Centered, s has the square of the
// mean gradient taken away: Graves, "Generating Sequences With Recurrent Neural Networks", 2013.
#include <algorithm>
#include <cmath>

#include "train/optimizer.h"

namespace firesteel {

struct RMSprop final : OptimizerOf<RMSprop> {
  float lr = 0.01f, alpha = 0.99f, eps = 1e-8f, weight_decay = 0, momentum = 0;
  bool centered = false;

  static constexpr auto schema() {
    return Schema{
        "RMSprop",
        "optimizer",
        "Steps over the root of the mean squared gradient.",
        attr("lr", &RMSprop::lr, "learning rate", positive),
        attr("alpha", &RMSprop::alpha, "share of the mean of squares that is kept", fraction),
        attr("eps", &RMSprop::eps, "added to what is divided by", positive),
        attr("weight_decay", &RMSprop::weight_decay,
             "L2 penalty on weights; biases and normalization are left out", nonnegative),
        attr("momentum", &RMSprop::momentum, "share of the former step that is kept", fraction),
        attr("centered", &RMSprop::centered, "divide by the deviation from the mean gradient")};
  }

  int states() const override { return 1 + (momentum > 0 ? 1 : 0) + (centered ? 1 : 0); }
  double base_lr() const override { return lr; }
  double base_decay() const override { return weight_decay; }

  void update(const Update& u) const override {
    const float kept = alpha, small = eps, penalty = u.weight_decay, step = u.lr, rest = momentum;
    float *w = u.values, *squares = u.states[0];
    float* steps = momentum > 0 ? u.states[1] : nullptr;
    float* means = centered ? u.states[momentum > 0 ? 2 : 1] : nullptr;
    const float* gradients = u.gradients;
    for (int64_t i = 0; i < u.count; ++i) {
      float g = gradients[i] + penalty * w[i];
      float square = squares[i] = kept * squares[i] + (1 - kept) * g * g;
      if (means) {
        means[i] = kept * means[i] + (1 - kept) * g;
        // Never below zero, but for rounding.
        square = std::max(0.f, square - means[i] * means[i]);
      }
      float x = g / (std::sqrt(square) + small);
      if (steps) x = steps[i] = rest * steps[i] + x;
      w[i] -= step * x;
    }
  }
};
FIRESTEEL_REGISTER(Optimizer, RMSprop);

}  // namespace firesteel
