// SPDX-License-Identifier: Apache-2.0
// NegativeEntropyPenalty: y = x, and the loss of a row gets beta times the sum of x ln x:
// probabilities are kept apart from 0 and 1, as of the actions of a policy. Williams and Peng,
// 1991.
#include <algorithm>
#include <limits>

#include "nn/layers/regularization/penalty.h"

namespace firesteel {

struct NegativeEntropyPenalty final : PenaltyOf<NegativeEntropyPenalty> {
  float beta = 0.01f;

  static constexpr auto schema() {
    return Schema{
        "NegativeEntropyPenalty", "regularization",
        "Passes probabilities on, and takes their entropy from the loss of a row.",
        attr("beta", &NegativeEntropyPenalty::beta, "factor of the entropy", nonnegative)};
  }
  // Without a factor the gradient is that of what is passed on.
  static Sample sample() {
    return {.attrs = {{"beta", 0.0}}, .in = {{3, 5}}, .least = 0.05, .most = 1};
  }

  void backward(Run& r) const override {
    if (!r.dx()) return;
    by_dtype(r.dtype(), [&]<class T>() {
      // Of a probability of 0 the logarithm of the least normal number.
      T least = std::numeric_limits<float>::min();
      add<T>(r, [&](T x) { return T(beta) * (std::log(std::max(x, least)) + 1); });
    });
  }
};
FIRESTEEL_LAYER(NegativeEntropyPenalty);

}  // namespace firesteel
