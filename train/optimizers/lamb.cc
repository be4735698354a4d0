// SPDX-License-Identifier: Apache-2.0
// LAMB: x = m' / (sqrt(v') + eps) + d w with m' and v' of Adam; w = w - lr |w| / |x| x with norms of the
// whole parameter; biases and normalization have d = 0 and are not scaled. You et al., "Large Batch
// Optimization for Deep Learning: Training BERT in 76 minutes", ICLR 2020.
#include "train/optimizers/moments.h"

namespace firesteel {

struct LAMB final : DescribedBy<LAMB, Moments> {
  LAMB() {
    eps = 1e-6f;
    weight_decay = 0.01f;
  }

  static constexpr auto schema() {
    return Schema{
        "LAMB",
        "optimizer",
        "Adam whose steps of a layer are as large as its weights, times lr, for large batches.",
        kMomentsLr,
        kBetas,
        kMomentsEps,
        attr("weight_decay", &Moments::weight_decay,
             "share of weights in a step's direction; biases and normalization are left out",
             nonnegative)};
  }

  int states() const override { return 2; }
  Norms norms() const override { return Norms::directions; }

  void direct(const Update& u) const override {
    const float b1 = betas[0], b2 = betas[1], small = eps, decay = u.weight_decay;
    const auto mean = static_cast<float>(1.0 / correction(0, u.step));
    const auto root = static_cast<float>(1.0 / std::sqrt(correction(1, u.step)));
    float *x = u.gradients, *m = u.states[0], *v = u.states[1];
    const float* w = u.values;
    for (int64_t i = 0; i < u.count; ++i) {
      float g = x[i];
      m[i] = b1 * m[i] + (1 - b1) * g;
      v[i] = b2 * v[i] + (1 - b2) * g * g;
      x[i] = mean * m[i] / (std::sqrt(v[i]) * root + small) + decay * w[i];
    }
  }

  void update(const Update& u) const override {
    bool scales = u.scaled && u.value_norm > 0 && u.gradient_norm > 0;
    const float step = scales ? u.lr * u.value_norm / u.gradient_norm : u.lr;
    float* w = u.values;
    const float* x = u.gradients;
    for (int64_t i = 0; i < u.count; ++i) w[i] -= step * x[i];
  }
};
FIRESTEEL_REGISTER(Optimizer, LAMB);

}  // namespace firesteel
