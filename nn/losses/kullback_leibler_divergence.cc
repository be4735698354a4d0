// SPDX-License-Identifier: Apache-2.0
// KullbackLeiblerDivergence: y log(y / x), of probabilities that are at least epsilon, added over the
// last extent. Keras' loss; KLDiv takes logs of probabilities.
#include <algorithm>
#include <cmath>

#include "nn/losses/elementwise.h"

namespace firesteel {

struct KullbackLeiblerDivergence final : ElementwiseLossOf<KullbackLeiblerDivergence> {
  float eps = 1e-7f;

  static constexpr auto schema() {
    return Schema{"KullbackLeiblerDivergence", "loss",
                  "Kullback-Leibler divergence of the labels' distribution from the output's, "
                  "both given as probabilities along the last extent; the mean over the others.",
                  attr("eps", &KullbackLeiblerDivergence::eps, "least probability", positive)};
  }
  static LossSample sample() {
    return {.attrs = {},
            .outputs = {{2, 4}},
            .labels = {2, 4},
            .numbers = {0.2, 0.5, 0, 0.3, 0.7, 0.1, 0.1, 0.1},
            .least = 0.05,
            .most = 0.95};
  }

  double normaliser(const Shape& shape) const {
    return static_cast<double>(numel(shape) / shape.back());
  }

  template <class T>
  Term<T> term(T x, T y, int64_t) const {
    T p = std::clamp<T>(y, eps, 1), q = std::clamp<T>(x, eps, 1);
    return {p * std::log(p / q), q == x ? -p / q : T(0)};
  }
};
FIRESTEEL_LOSS(KullbackLeiblerDivergence);

}  // namespace firesteel
