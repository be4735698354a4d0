// SPDX-License-Identifier: Apache-2.0
// DotProductLoss: y x.
#include "nn/losses/elementwise.h"

namespace firesteel {

struct DotProductLoss final : ElementwiseLossOf<DotProductLoss> {
  DotProductLoss() { reduction = "sum"; }

  static constexpr auto schema() {
    return Schema{"DotProductLoss", "loss",
                  "Dot product of outputs and labels: labels are the gradient of the output, for "
                  "losses that are computed elsewhere.",
                  kReduction<OutputLoss>};
  }
  static LossSample sample() { return {.attrs = {}, .outputs = {{2, 3}}, .labels = {2, 3}}; }

  template <class T>
  Term<T> term(T x, T y, int64_t) const {
    return {x * y, y};
  }
};
FIRESTEEL_LOSS(DotProductLoss);

}  // namespace firesteel
