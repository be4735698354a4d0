// SPDX-License-Identifier: Apache-2.0
// BCE: -w (y log x + (1 - y) log(1 - x)), the binary cross-entropy of probabilities x.
#include <algorithm>
#include <cmath>

#include "nn/losses/elementwise.h"

namespace firesteel {

struct BCE final : ElementwiseLossOf<BCE> {
  std::vector<float> weight;

  static constexpr auto schema() {
    return Schema{"BCE", "loss",
                  "Binary cross-entropy of probabilities, as a Sigmoid gives them, against labels "
                  "from 0 to 1. Prefer BCEWithLogits on the numbers before the Sigmoid.",
                  attr("weight", &BCE::weight, "of each number of a row; empty: 1", nonnegative),
                  kReduction<OutputLoss>};
  }
  static LossSample sample() {
    return {.attrs = {{"weight", Reals{0.5, 2, 1}}},
            .outputs = {{3}},
            .labels = {3},
            .numbers = {1, 0, 0.3, 0},
            .least = 0.05,
            .most = 0.95};
  }

  void check(const Shape& output, const Labels& labels) const override {
    ElementwiseLossOf<BCE>::check(output, labels);
    require_weights("BCE", weight, numel(output));
  }

  template <class T>
  Term<T> term(T x, T y, int64_t column) const {
    // A log of 0 counts as -100, so that one wrong certainty does not ruin a fit.
    T yes = std::max(std::log(x), T(-100)), no = std::max(std::log1p(-x), T(-100));
    T w = weight.empty() ? T(1) : static_cast<T>(weight[static_cast<size_t>(column)]);
    return {-w * (y * yes + (1 - y) * no), w * (x - y) / std::max(x * (1 - x), T(1e-12))};
  }
};
FIRESTEEL_LOSS(BCE);

}  // namespace firesteel
