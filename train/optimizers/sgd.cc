// SPDX-License-Identifier: Apache-2.0
// SGD: v = m v + (1 - dampening) (g + d w), the first one g + d w; w = w - lr v (Nesterov:
// w = w - lr (g + d w + m v)). Sutskever et al., "On the importance of initialization and momentum in
// deep learning", 2013, in PyTorch's form.
#include "train/optimizer.h"

namespace firesteel {

struct SGD final : OptimizerOf<SGD> {
  float lr = 0.01f, momentum = 0, dampening = 0, weight_decay = 0;
  bool nesterov = false;

  static constexpr auto schema() {
    return Schema{
        "SGD",
        "optimizer",
        "Stochastic gradient descent with momentum.",
        attr("lr", &SGD::lr, "learning rate", positive),
        attr("momentum", &SGD::momentum, "share of the former step that is kept", fraction),
        attr("weight_decay", &SGD::weight_decay,
             "L2 penalty on weights; biases and normalization are left out", nonnegative),
        attr("nesterov", &SGD::nesterov, "look ahead by the momentum"),
        attr("dampening", &SGD::dampening,
             "share of each gradient but the first that momentum leaves out", fraction)};
  }

  void check() const override {
    require<AttrError>(!nesterov || momentum > 0, "SGD.nesterov: needs momentum > 0, got momentum ",
                       momentum);
    require<AttrError>(!nesterov || dampening == 0, "SGD.nesterov: needs dampening 0, got ",
                       dampening);
  }
  int states() const override { return momentum > 0 ? 1 : 0; }
  double base_lr() const override { return lr; }
  double base_decay() const override { return weight_decay; }

  void update(const Update& u) const override {
    float decay = u.weight_decay, fresh = u.step == 0 ? 1.f : 1.f - dampening;
    float* v = u.states[0];
    for (int64_t i = 0; i < u.count; ++i) {
      float g = u.gradients[i] + decay * u.values[i];
      if (v) {
        v[i] = momentum * v[i] + fresh * g;
        g = nesterov ? g + momentum * v[i] : v[i];
      }
      u.values[i] -= u.lr * g;
    }
  }
};
FIRESTEEL_REGISTER(Optimizer, SGD);

}  // namespace firesteel
