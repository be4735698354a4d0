// SPDX-License-Identifier: Apache-2.0
// ActivityRegularization: y = x, and the loss of a row gets l1 times the sum of |x| + l2 times the
// sum of x^2.
#include "nn/layers/regularization/penalty.h"

namespace firesteel {

struct ActivityRegularization final : PenaltyOf<ActivityRegularization> {
  float l1 = 0, l2 = 0;

  static constexpr auto schema() {
    return Schema{
        "ActivityRegularization", "regularization",
        "Passes numbers on, and adds their absolute sum and their squares to the loss of a row.",
        attr("l1", &ActivityRegularization::l1, "factor of the absolute sum", nonnegative),
        attr("l2", &ActivityRegularization::l2, "factor of the sum of squares", nonnegative)};
  }
  // Without factors the gradient is that of what is passed on.
  static Sample sample() { return {.attrs = {}, .in = {{3, 5}}}; }

  void backward(Run& r) const override {
    if (!r.dx()) return;
    by_dtype(r.dtype(), [&]<class T>() {
      add<T>(r, [a = T(l1), b = 2 * T(l2)](T x) { return a * sign(x) + b * x; });
    });
  }
};
FIRESTEEL_LAYER(ActivityRegularization);

}  // namespace firesteel
