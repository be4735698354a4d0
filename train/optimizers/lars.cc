// SPDX-License-Identifier: Apache-2.0
// LARS: v = m v + lr r (g + d w), w = w - v, where r = trust_coefficient |w| / (|g| + d |w| + eps) with norms
// of the whole parameter; biases and normalization have r = 1 and d = 0. You et al., "Large Batch Training
// of Convolutional Networks", 2017.
#include "train/optimizer.h"

namespace firesteel {

struct LARS final : OptimizerOf<LARS> {
  float lr = 0.1f, momentum = 0.9f, weight_decay = 0, trust_coefficient = 0.001f, eps = 1e-8f;

  static constexpr auto schema() {
    return Schema{
        "LARS",
        "optimizer",
        "SGD whose steps of a layer are as large as its weights allow, for large batches.",
        attr("lr", &LARS::lr, "learning rate", positive),
        attr("momentum", &LARS::momentum, "share of the former step that is kept", fraction),
        attr("weight_decay", &LARS::weight_decay,
             "L2 penalty on weights; biases and normalization are left out", nonnegative),
        attr("trust_coefficient", &LARS::trust_coefficient,
             "size of a layer's steps as a share of that of its weights, at lr 1", positive),
        attr("eps", &LARS::eps, "added to what is divided by", nonnegative)};
  }

  int states() const override { return momentum > 0 ? 1 : 0; }
  double base_lr() const override { return lr; }
  double base_decay() const override { return weight_decay; }
  Norms norms() const override { return Norms::gradients; }

  void update(const Update& u) const override {
    const float rest = momentum, penalty = u.weight_decay, step = u.lr * ratio(u);
    float *w = u.values, *v = u.states[0];
    const float* gradients = u.gradients;
    for (int64_t i = 0; i < u.count; ++i) {
      float x = step * (gradients[i] + penalty * w[i]);
      if (v) x = v[i] = rest * v[i] + x;
      w[i] -= x;
    }
  }

 private:
  float ratio(const Update& u) const {
    if (!u.scaled || u.value_norm == 0 || u.gradient_norm == 0) return 1;
    return trust_coefficient * u.value_norm /
           (u.gradient_norm + u.weight_decay * u.value_norm + eps);
  }
};
FIRESTEEL_REGISTER(Optimizer, LARS);

}  // namespace firesteel
