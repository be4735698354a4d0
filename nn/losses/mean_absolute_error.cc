// SPDX-License-Identifier: Apache-2.0
// MeanAbsoluteError: |x - y|.
#include <cmath>

#include "nn/losses/elementwise.h"

namespace firesteel {

struct MeanAbsoluteError final : ElementwiseLossOf<MeanAbsoluteError> {
  static constexpr auto schema() {
    return Schema{"MeanAbsoluteError", "loss",
                  "Mean of the absolute differences between outputs and labels (L1).",
                  kReduction<OutputLoss>};
  }
  static LossSample sample() {
    return {.attrs = {{"reduction", std::string("sum")}}, .outputs = {{4}}, .labels = {4}};
  }

  template <class T>
  Term<T> term(T x, T y, int64_t) const {
    return {std::abs(x - y), sign_of(x - y)};
  }
};
FIRESTEEL_LOSS(MeanAbsoluteError);

}  // namespace firesteel
