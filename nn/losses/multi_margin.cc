// SPDX-License-Identifier: Apache-2.0
// MultiMargin: w[label] / classes times the sum over c != label of max(0, margin - x[label] + x[c])^p.
#include <cmath>

#include "nn/losses/classes.h"

namespace firesteel {

struct MultiMargin final : ClassLossOf<MultiMargin> {
  int64_t p = 1;
  float margin = 1;

  static constexpr auto schema() {
    return Schema{"MultiMargin",
                  "loss",
                  "What the score of the true class lacks to be above each of the others by a "
                  "margin.",
                  attr("p", &MultiMargin::p, "exponent, 1 or 2", OneOrTwo{}),
                  attr("margin", &MultiMargin::margin, "what is enough"),
                  kClassWeight,
                  attr("reduction", &ClassLoss::reduction,
                       "mean: over all labels; sum: over those of a row, and the mean over rows",
                       mean_or_sum)};
  }
  static LossSample sample() {
    return {.attrs = {{"p", int64_t{2}}, {"margin", 0.7}, {"weight", Reals{0.5, 1, 2, 1}}},
            .outputs = {{4}},
            .labels = {},
            .labels_dtype = DType::s32,
            .numbers = {2, 0, 3, 1, 1}};
  }

  template <class T>
  T position(Scores<const T> x, int64_t label, Scores<T> dx) const {
    T factor = weight_of<T>(label) / static_cast<T>(x.classes), value = 0, back = 0;
    for (int64_t c = 0; c < x.classes; ++c) {
      T lack = static_cast<T>(margin) - x[label] + x[c], slope = 0;
      if (c != label && lack > 0) {
        value += factor * (p == 1 ? lack : lack * lack);
        slope = factor * (p == 1 ? T(1) : 2 * lack);
      }
      back += slope;
      if (dx.at) dx[c] = slope;
    }
    if (dx.at) dx[label] = -back;
    return value;
  }

 private:
  struct OneOrTwo {
    static std::string text() { return "must be 1 or 2"; }
    constexpr bool operator()(int64_t value) const { return value == 1 || value == 2; }
  };
};
FIRESTEEL_LOSS(MultiMargin);

}  // namespace firesteel
