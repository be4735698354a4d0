// SPDX-License-Identifier: Apache-2.0
// KLDGaussian: (m^2 + exp(v) - 1 - v) / 2, the divergence of a normal distribution with mean m and log
// variance v from the standard one. Kingma, Welling, "Auto-encoding variational Bayes", 2014, appendix
// B.
#include <cmath>

#include "nn/losses/number_pairs.h"

namespace firesteel {

struct KLDGaussian final : NumberPairsLossOf<KLDGaussian, false> {
  KLDGaussian() { reduction = "sum"; }

  static constexpr auto schema() {
    return Schema{"KLDGaussian", "loss",
                  "Of two outputs, means and logs of variances: the Kullback-Leibler divergence "
                  "of these normal distributions from the standard one; labels do not matter.",
                  kReduction<Loss>};
  }
  static LossSample sample() {
    return {.attrs = {}, .outputs = {{3}, {3}}, .labels = {}, .any_labels = true};
  }

  template <class T>
  PairTerm<T> term(T mean, T log_variance, T) const {
    T variance = std::exp(log_variance);
    return {(mean * mean + variance - 1 - log_variance) / 2, mean, (variance - 1) / 2};
  }
};
FIRESTEEL_LOSS(KLDGaussian);

}  // namespace firesteel
