// SPDX-License-Identifier: Apache-2.0
// MeanSquaredError: (x - y)^2.
#include "nn/losses/elementwise.h"

namespace firesteel {

struct MeanSquaredError final : ElementwiseLossOf<MeanSquaredError> {
  static constexpr auto schema() {
    return Schema{"MeanSquaredError", "loss",
                  "Mean of the squared differences between outputs and labels.",
                  kReduction<OutputLoss>};
  }
  static LossSample sample() {
    return {.attrs = {{"reduction", std::string("sum")}}, .outputs = {{2, 3}}, .labels = {2, 3}};
  }

  template <class T>
  Term<T> term(T x, T y, int64_t) const {
    T difference = x - y;
    return {difference * difference, 2 * difference};
  }
};
FIRESTEEL_LOSS(MeanSquaredError);

}  // namespace firesteel
