// SPDX-License-Identifier: Apache-2.0
// MeanAbsolutePercentageError: 100 |x - y| / max(|y|, eps).
#include <algorithm>
#include <cmath>

#include "nn/losses/elementwise.h"

namespace firesteel {

struct MeanAbsolutePercentageError final : ElementwiseLossOf<MeanAbsolutePercentageError> {
  float eps = 1e-7f;

  static constexpr auto schema() {
    return Schema{"MeanAbsolutePercentageError", "loss",
                  "Mean of the absolute differences, in percent of the labels.",
                  attr("eps", &MeanAbsolutePercentageError::eps,
                       "what smaller labels are taken for in the division", positive),
                  kReduction<OutputLoss>};
  }
  static LossSample sample() {
    return {.attrs = {},
            .outputs = {{4}},
            .labels = {4},
            .numbers = {1.5, -0.4, 2, 0.7, -3, 1, 0.2, -1}};
  }

  template <class T>
  Term<T> term(T x, T y, int64_t) const {
    T factor = 100 / std::max(std::abs(y), static_cast<T>(eps));
    return {factor * std::abs(x - y), factor * sign_of(x - y)};
  }
};
FIRESTEEL_LOSS(MeanAbsolutePercentageError);

}  // namespace firesteel
