// SPDX-License-Identifier: Apache-2.0
// FTRL-Proximal: n' = n + g^2; z = z + g - (n'^-p - n^-p) / lr w; w = 0 where |z| <= l1, else
// (sign(z) l1 - z) / (n'^-p / lr + 2 l2), with the power p = -1/2. McMahan et al., "Ad Click Prediction: a
// View from the Trenches", KDD 2013, in TensorFlow's form: 2 l2_shrinkage w is added to the g of z.
#include <cmath>

#include "train/optimizer.h"

namespace firesteel {

struct Ftrl final : OptimizerOf<Ftrl> {
  float lr = 1e-3f, lr_power = -0.5f, l1 = 0, l2 = 0, l2_shrinkage = 0;
  float initial_accumulator_value = 0.1f;

  static constexpr auto schema() {
    return Schema{
        "Ftrl",
        "optimizer",
        "Follows the regularized leader: sparse weights for models of sparse features.",
        attr("lr", &Ftrl::lr, "learning rate", positive),
        attr("lr_power", &Ftrl::lr_power,
             "exponent by which sums of squares lower the learning rate", NonPositive{}),
        attr("l1", &Ftrl::l1, "L1 penalty, which makes weights zero", nonnegative),
        attr("l2", &Ftrl::l2, "L2 penalty", nonnegative),
        attr("l2_shrinkage", &Ftrl::l2_shrinkage, "L2 penalty on the size of steps", nonnegative),
        attr("initial_accumulator_value", &Ftrl::initial_accumulator_value,
             "what the sum of squares begins with", nonnegative)};
  }

  int states() const override { return 2; }
  double base_lr() const override { return lr; }

  void update(const Update& u) const override {
    if (lr_power == -0.5f) {
      step(u, [](float sum) { return std::sqrt(sum); });
    } else {
      step(u, [power = -lr_power](float sum) { return std::pow(sum, power); });
    }
  }

 private:
  struct NonPositive {
    static std::string text() { return "must be <= 0"; }
    constexpr bool operator()(float value) const { return value <= 0; }
  };

  template <class Root>
  void step(const Update& u, const Root& root) const {
    const float penalty = u.weight_decay, first = initial_accumulator_value, per_lr = 1 / u.lr;
    const float least = l1, shrink = 2 * l2_shrinkage, ridge = 2 * l2;
    float *w = u.values, *squares = u.states[0], *z = u.states[1];
    const float* gradients = u.gradients;
    for (int64_t i = 0; i < u.count; ++i) {
      float g = gradients[i] + penalty * w[i];
      float before = root(first + squares[i]);
      squares[i] += g * g;
      float after = root(first + squares[i]);
      z[i] += g + shrink * w[i] - (after - before) * per_lr * w[i];
      float beyond = std::abs(z[i]) - least;
      w[i] = beyond > 0 ? -std::copysign(beyond, z[i]) / (after * per_lr + ridge) : 0.f;
    }
  }
};
FIRESTEEL_REGISTER(Optimizer, Ftrl);

}  // namespace firesteel
