// SPDX-License-Identifier: Apache-2.0
// AdamW: w = (1 - lr d) w, and the step of Adam without weight decay. Loshchilov and Hutter, "Decoupled
// Weight Decay Regularization", ICLR 2019.
#include "train/optimizers/moments.h"

namespace firesteel {

struct AdamW final : DescribedBy<AdamW, Moments> {
  bool amsgrad = false;

  AdamW() { weight_decay = 0.01f; }

  static constexpr auto schema() {
    return Schema{"AdamW",
                  "optimizer",
                  "Adam with weight decay that gradients' sizes do not scale.",
                  kMomentsLr,
                  kBetas,
                  kMomentsEps,
                  kDecoupled,
                  attr("amsgrad", &AdamW::amsgrad, "divide by the largest mean of squares so far")};
  }

  int states() const override { return amsgrad ? 3 : 2; }
  void update(const Update& u) const override { adam(u, true); }
};
FIRESTEEL_REGISTER(Optimizer, AdamW);

}  // namespace firesteel
