// SPDX-License-Identifier: Apache-2.0
// GaussianNLL: (v + (y - m)^2 / exp(v)) / 2 for a mean m and a log variance v; with full also
// log(2 pi) / 2.
#include <cmath>
#include <numbers>

#include "nn/losses/number_pairs.h"

namespace firesteel {

struct GaussianNLL final : NumberPairsLossOf<GaussianNLL> {
  bool full = false;

  static constexpr auto schema() {
    return Schema{"GaussianNLL", "loss",
                  "Of two outputs, means and logs of variances: the negative log-likelihood of "
                  "the labels under these normal distributions.",
                  attr("full", &GaussianNLL::full, "add the constant log(2 pi) / 2"),
                  kReduction<Loss>};
  }
  static LossSample sample() {
    return {.attrs = {{"full", true}}, .outputs = {{3}, {3}}, .labels = {3}};
  }

  template <class T>
  PairTerm<T> term(T mean, T log_variance, T y) const {
    T d = mean - y, part = d / std::exp(log_variance);
    T rest = full ? std::log(2 * std::numbers::pi_v<T>) : T(0);
    return {(log_variance + d * part + rest) / 2, part, (1 - d * part) / 2};
  }
};
FIRESTEEL_LOSS(GaussianNLL);

}  // namespace firesteel
