// SPDX-License-Identifier: Apache-2.0
// CosineDistanceLoss: 1 - x . y / (|x| |y|), along the last extent.
#include "nn/losses/cosine_loss.h"

namespace firesteel {

struct CosineDistanceLoss final : CosineLossOf<CosineDistanceLoss, 1> {
  static constexpr auto schema() {
    return Schema{"CosineDistanceLoss", "loss",
                  "One minus the cosine between the vectors of outputs and labels, along the last "
                  "extent.",
                  attr("reduction", &Reduced<OutputLoss>::reduction,
                       "mean: over all vectors; sum: over those of a row, and the mean over rows",
                       mean_or_sum)};
  }
  static LossSample sample() { return {.attrs = {}, .outputs = {{2, 3}}, .labels = {2, 3}}; }

  double normaliser(const Shape& shape) const {
    return static_cast<double>(reduction == "mean" ? numel(shape) / shape.back() : shape[0]);
  }
};
FIRESTEEL_LOSS(CosineDistanceLoss);

}  // namespace firesteel
