// SPDX-License-Identifier: Apache-2.0
// KLDiv: y (log y - x), where x is the log of a probability.
#include <cmath>

#include "nn/losses/elementwise.h"

namespace firesteel {

struct KLDiv final : ElementwiseLossOf<KLDiv> {
  bool log_target = false;

  static constexpr auto schema() {
    return Schema{"KLDiv", "loss",
                  "Kullback-Leibler divergence of the labels' distribution from the output's, "
                  "which is given as logs of probabilities.",
                  attr("log_target", &KLDiv::log_target, "labels are logs of probabilities too"),
                  kReduction<OutputLoss>};
  }
  static LossSample sample() {
    return {.attrs = {{"reduction", std::string("sum")}},
            .outputs = {{4}},
            .labels = {4},
            .numbers = {0.2, 0.5, 0, 0.3, 0.7, 0.1, 0.1, 0.1}};
  }

  template <class T>
  Term<T> term(T x, T y, int64_t) const {
    T p = log_target ? std::exp(y) : y;
    if (p <= 0) return {0, -p};
    return {p * ((log_target ? y : std::log(y)) - x), -p};
  }
};
FIRESTEEL_LOSS(KLDiv);

}  // namespace firesteel
