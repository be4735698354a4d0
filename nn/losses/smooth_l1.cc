// SPDX-License-Identifier: Apache-2.0
// SmoothL1: d^2 / (2 beta) where |d| < beta, else |d| - beta / 2, with d = x - y. Girshick, "Fast
// R-CNN", ICCV 2015, has beta 1.
#include <cmath>

#include "nn/losses/elementwise.h"

namespace firesteel {

struct SmoothL1 final : ElementwiseLossOf<SmoothL1> {
  float beta = 1;

  static constexpr auto schema() {
    return Schema{"SmoothL1", "loss",
                  "Squared difference where it is small, absolute difference elsewhere.",
                  attr("beta", &SmoothL1::beta, "where one becomes the other; 0: MeanAbsoluteError",
                       nonnegative),
                  kReduction<OutputLoss>};
  }
  static LossSample sample() { return {.attrs = {{"beta", 0.7}}, .outputs = {{6}}, .labels = {6}}; }

  template <class T>
  Term<T> term(T x, T y, int64_t) const {
    T d = x - y, size = std::abs(d), limit = beta;
    if (size < limit) return {d * d / (2 * limit), d / limit};
    return {size - limit / 2, sign_of(d)};
  }
};
FIRESTEEL_LOSS(SmoothL1);

}  // namespace firesteel
