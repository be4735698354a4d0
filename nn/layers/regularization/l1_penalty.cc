// SPDX-License-Identifier: Apache-2.0
// L1Penalty: y = x, and the loss of a row gets weight times the sum of |x|: sparse activations.
// Lee, Ekanadham and Ng, "Sparse deep belief net model for visual area V2", 2008, and others.
#include "nn/layers/regularization/penalty.h"

namespace firesteel {

struct L1Penalty final : PenaltyOf<L1Penalty> {
  float weight = 0;
  bool size_average = false;

  static constexpr auto schema() {
    return Schema{"L1Penalty", "regularization",
                  "Passes numbers on, and adds their absolute sum to the loss of a row.",
                  required("weight", &L1Penalty::weight, "factor of the sum", nonnegative),
                  attr("size_average", &L1Penalty::size_average,
                       "take the mean of a row's numbers instead of their sum")};
  }
  // Without weight the gradient is that of what is passed on.
  static Sample sample() { return {.attrs = {{"weight", 0.0}}, .in = {{3, 5}}}; }

  void backward(Run& r) const override {
    if (!r.dx()) return;
    by_dtype(r.dtype(), [&]<class T>() {
      int64_t per_row = r.elements() / r.rows();
      T factor = static_cast<T>(weight);
      if (size_average) factor /= static_cast<T>(per_row);
      add<T>(r, [&](T x) { return factor * sign(x); });
    });
  }
};
FIRESTEEL_LAYER(L1Penalty);

}  // namespace firesteel
