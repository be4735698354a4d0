// SPDX-License-Identifier: Apache-2.0
// PolicyGradient: -y log x, where y is the reward of the action that was taken and 0 elsewhere.
// Williams, "Simple statistical gradient-following algorithms", 1992.
#include <algorithm>
#include <cmath>

#include "nn/losses/elementwise.h"

namespace firesteel {

struct PolicyGradient final : ElementwiseLossOf<PolicyGradient> {
  PolicyGradient() { reduction = "sum"; }

  static constexpr auto schema() {
    return Schema{"PolicyGradient", "loss",
                  "Of the probabilities of actions: labels are the reward of the action that was "
                  "taken, and 0 for the others.",
                  kReduction<OutputLoss>};
  }
  static LossSample sample() {
    return {.attrs = {},
            .outputs = {{3}},
            .labels = {3},
            .numbers = {0, 1.5, 0, -0.5, 0, 0, 0, 0, 2},
            .least = 0.05,
            .most = 0.95};
  }

  template <class T>
  Term<T> term(T x, T y, int64_t) const {
    T p = std::max(x, T(1e-12));
    return {-y * std::log(p), -y / p};
  }
};
FIRESTEEL_LOSS(PolicyGradient);

}  // namespace firesteel
