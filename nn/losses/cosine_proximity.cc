// SPDX-License-Identifier: Apache-2.0
// CosineProximity: -x . y / (|x| |y|), along the last extent, and divided by it in a mean, as Keras 1
// has it.
#include "nn/losses/cosine_loss.h"

namespace firesteel {

struct CosineProximity final : CosineLossOf<CosineProximity, 0> {
  static constexpr auto schema() {
    return Schema{"CosineProximity", "loss",
                  "Minus the products of numbers of the vectors that outputs and labels have "
                  "along the last extent, each vector brought to length 1.",
                  kReduction<OutputLoss>};
  }
  static LossSample sample() { return {.attrs = {}, .outputs = {{2, 3}}, .labels = {2, 3}}; }
};
FIRESTEEL_LOSS(CosineProximity);

}  // namespace firesteel
