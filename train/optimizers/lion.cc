// SPDX-License-Identifier: Apache-2.0
// Lion: w = (1 - lr d) w - lr sign(b1 m + (1 - b1) g); m = b2 m + (1 - b2) g. Chen et al., "Symbolic
// Discovery of Optimization Algorithms", NeurIPS 2023.
#include "train/optimizers/moments.h"

namespace firesteel {

struct Lion final : DescribedBy<Lion, Moments> {
  Lion() {
    lr = 1e-4f;
    betas = {0.9f, 0.99f};
  }

  static constexpr auto schema() {
    return Schema{
        "Lion",
        "optimizer",
        "Steps of one size in the direction of the mean gradient's sign.",
        kMomentsLr,
        attr("betas", &Moments::betas,
             "shares of the former mean in the step, and in the mean that is kept", TwoFractions{}),
        kDecoupled};
  }

  int states() const override { return 1; }

  void update(const Update& u) const override {
    const float b1 = betas[0], b2 = betas[1], lr_now = u.lr;
    const auto kept = static_cast<float>(1.0 - double{u.lr} * double{u.weight_decay});
    float *w = u.values, *m = u.states[0];
    const float* gradients = u.gradients;
    for (int64_t i = 0; i < u.count; ++i) {
      float g = gradients[i], c = b1 * m[i] + (1 - b1) * g;
      float sign = static_cast<float>(c > 0) - static_cast<float>(c < 0);
      w[i] = kept * w[i] - lr_now * sign;
      m[i] = b2 * m[i] + (1 - b2) * g;
    }
  }
};
FIRESTEEL_REGISTER(Optimizer, Lion);

}  // namespace firesteel
