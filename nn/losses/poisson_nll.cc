// SPDX-License-Identifier: Apache-2.0
// PoissonNLL: exp(x) - y x, or x - y log(x + eps) where x is the rate itself; with full also
// Stirling's y log y - y + log(2 pi y) / 2 for y > 1.
#include <cmath>
#include <numbers>

#include "nn/losses/elementwise.h"

namespace firesteel {

struct PoissonNLL final : ElementwiseLossOf<PoissonNLL> {
  bool log_input = true, full = false;
  float eps = 1e-8f;

  static constexpr auto schema() {
    return Schema{
        "PoissonNLL",
        "loss",
        "Negative log-likelihood of counts under a Poisson distribution.",
        attr("log_input", &PoissonNLL::log_input, "outputs are logs of the rate; false: the rate"),
        attr("full", &PoissonNLL::full,
             "add Stirling's approximation of the term that outputs do not change"),
        attr("eps", &PoissonNLL::eps, "added to a rate before its log", positive),
        kReduction<OutputLoss>};
  }
  static LossSample sample() {
    return {.attrs = {{"log_input", false}, {"full", true}},
            .outputs = {{4}},
            .labels = {4},
            .numbers = {0, 1, 4, 2, 7},
            .least = 0.1};
  }

  template <class T>
  Term<T> term(T x, T y, int64_t) const {
    T rest = 0;
    if (full && y > 1) rest = y * std::log(y) - y + std::log(2 * std::numbers::pi_v<T> * y) / 2;
    if (log_input) return {std::exp(x) - y * x + rest, std::exp(x) - y};
    T rate = x + static_cast<T>(eps);
    return {x - y * std::log(rate) + rest, 1 - y / rate};
  }
};
FIRESTEEL_LOSS(PoissonNLL);

}  // namespace firesteel
