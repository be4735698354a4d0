// SPDX-License-Identifier: Apache-2.0
// Adamax: m = b1 m + (1 - b1) g, u = max(b2 u, |g| + eps); w = w - lr / (1 - b1^t) m / u. Adam with the
// infinity norm: Kingma and Ba, "Adam: A Method for Stochastic Optimization", ICLR 2015, section 7.
#include <algorithm>

#include "train/optimizers/moments.h"

namespace firesteel {

struct Adamax final : DescribedBy<Adamax, Moments> {
  Adamax() { lr = 2e-3f; }

  static constexpr auto schema() {
    return Schema{"Adamax",
                  "optimizer",
                  "Steps along the mean gradient over its largest size, which fades.",
                  kMomentsLr,
                  kBetas,
                  kMomentsEps,
                  kL2};
  }

  int states() const override { return 2; }

  void update(const Update& u) const override {
    const float b1 = betas[0], b2 = betas[1], small = eps, penalty = u.weight_decay;
    const auto step = static_cast<float>(u.lr / correction(0, u.step));
    float *w = u.values, *m = u.states[0], *most = u.states[1];
    const float* gradients = u.gradients;
    for (int64_t i = 0; i < u.count; ++i) {
      float g = gradients[i] + penalty * w[i];
      m[i] = b1 * m[i] + (1 - b1) * g;
      most[i] = std::max(b2 * most[i], std::abs(g) + small);
      w[i] -= step * m[i] / most[i];
    }
  }
};
FIRESTEEL_REGISTER(Optimizer, Adamax);

}  // namespace firesteel
