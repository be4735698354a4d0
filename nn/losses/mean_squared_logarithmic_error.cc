// SPDX-License-Identifier: Apache-2.0
// MeanSquaredLogarithmicError: (log(1 + max(x, eps)) - log(1 + max(y, eps)))^2.
#include <algorithm>
#include <cmath>

#include "nn/losses/elementwise.h"

namespace firesteel {

struct MeanSquaredLogarithmicError final : ElementwiseLossOf<MeanSquaredLogarithmicError> {
  float eps = 1e-7f;

  static constexpr auto schema() {
    return Schema{
        "MeanSquaredLogarithmicError", "loss",
        "Mean of the squared differences between logs of one more than outputs and "
        "labels.",
        attr("eps", &MeanSquaredLogarithmicError::eps, "what smaller numbers count as", positive),
        kReduction<OutputLoss>};
  }
  static LossSample sample() {
    return {
        .attrs = {}, .outputs = {{4}}, .labels = {4}, .numbers = {1.5, 0.4, 2, 0, 3, 1, 0.2, 10}};
  }

  template <class T>
  Term<T> term(T x, T y, int64_t) const {
    T least = eps, at = std::max(x, least);
    T d = std::log1p(at) - std::log1p(std::max(y, least));
    return {d * d, x >= least ? 2 * d / (1 + at) : T(0)};
  }
};
FIRESTEEL_LOSS(MeanSquaredLogarithmicError);

}  // namespace firesteel
