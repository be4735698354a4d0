// SPDX-License-Identifier: Apache-2.0
// SoftMargin: log(1 + exp(-y x)), where y is 1 or -1.
#include "nn/losses/elementwise.h"
#include "nn/losses/logistic.h"

namespace firesteel {

struct SoftMargin final : ElementwiseLossOf<SoftMargin> {
  static constexpr auto schema() {
    return Schema{"SoftMargin", "loss",
                  "Logistic loss of scores against labels 1 and -1; 0 counts as -1.",
                  kReduction<OutputLoss>};
  }
  static LossSample sample() {
    return {.attrs = {}, .outputs = {{4}}, .labels = {4}, .numbers = {1, -1, 0, -1, 1}};
  }

  template <class T>
  Term<T> term(T x, T y, int64_t) const {
    T side = signed_label(y);
    return {softplus(-side * x), -side * logistic(-side * x)};
  }
};
FIRESTEEL_LOSS(SoftMargin);

}  // namespace firesteel
