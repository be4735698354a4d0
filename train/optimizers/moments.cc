// SPDX-License-Identifier: Apache-2.0
#include "train/optimizers/moments.h"

#include <algorithm>

namespace firesteel {

void Moments::adam(const Update& u, bool decoupled) const {
  const float b1 = betas[0], b2 = betas[1], small = eps;
  const auto step = static_cast<float>(u.lr / correction(0, u.step));
  const auto root = static_cast<float>(1.0 / std::sqrt(correction(1, u.step)));
  const float penalty = decoupled ? 0.f : u.weight_decay;
  const float kept =
      decoupled ? static_cast<float>(1.0 - double{u.lr} * double{u.weight_decay}) : 1.f;
  float *w = u.values, *m = u.states[0], *v = u.states[1], *most = u.states[2];
  const float* gradients = u.gradients;
  for (int64_t i = 0; i < u.count; ++i) {
    float g = gradients[i] + penalty * w[i];
    m[i] = b1 * m[i] + (1 - b1) * g;
    v[i] = b2 * v[i] + (1 - b2) * g * g;
    float square = v[i];
    if (most) square = most[i] = std::max(most[i], square);
    w[i] = kept * w[i] - step * m[i] / (std::sqrt(square) * root + small);
  }
}

}  // namespace firesteel
