// SPDX-License-Identifier: Apache-2.0
// HingeEmbedding: x where the label is 1, max(0, margin - x) where it is -1.
#include "nn/losses/elementwise.h"

namespace firesteel {

struct HingeEmbedding final : ElementwiseLossOf<HingeEmbedding> {
  float margin = 1;

  static constexpr auto schema() {
    return Schema{"HingeEmbedding", "loss",
                  "Of distances: that of two of a kind (label 1) is to be small, that of others "
                  "(label -1 or 0) to be at least a margin.",
                  attr("margin", &HingeEmbedding::margin, "least distance of others"),
                  kReduction<OutputLoss>};
  }
  static LossSample sample() {
    return {
        .attrs = {{"margin", 0.5}}, .outputs = {{4}}, .labels = {4}, .numbers = {1, -1, 0, -1, 1}};
  }

  template <class T>
  Term<T> term(T x, T y, int64_t) const {
    if (y > 0) return {x, 1};
    T lack = static_cast<T>(margin) - x;
    return lack > 0 ? Term<T>{lack, -1} : Term<T>{0, 0};
  }
};
FIRESTEEL_LOSS(HingeEmbedding);

}  // namespace firesteel
