// SPDX-License-Identifier: Apache-2.0
// Adam: m = b1 m + (1 - b1) g, v = b2 v + (1 - b2) g^2; w = w - lr m' / (sqrt(v') + eps), where m' and
// v' are m / (1 - b1^t) and v / (1 - b2^t), and g has d w added. Kingma and Ba, "Adam: A Method for
// Stochastic Optimization", ICLR 2015. With amsgrad v is the largest so far: Reddi et al., "On the
// Convergence of Adam and Beyond", ICLR 2018.
#include "train/optimizers/moments.h"

namespace firesteel {

struct Adam final : DescribedBy<Adam, Moments> {
  bool amsgrad = false;

  static constexpr auto schema() {
    return Schema{"Adam",
                  "optimizer",
                  "Steps along the mean gradient over the root of the mean squared gradient.",
                  kMomentsLr,
                  kBetas,
                  kMomentsEps,
                  kL2,
                  attr("amsgrad", &Adam::amsgrad, "divide by the largest mean of squares so far")};
  }

  int states() const override { return amsgrad ? 3 : 2; }
  void update(const Update& u) const override { adam(u, false); }
};
FIRESTEEL_REGISTER(Optimizer, Adam);

}  // namespace firesteel
