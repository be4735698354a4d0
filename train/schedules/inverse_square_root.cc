// SPDX-License-Identifier: Apache-2.0
// InverseSquareRoot: lr sqrt(w / step) after a warm-up of w iterations. Vaswani et al., "Attention Is All
// You Need", 2017, whose learning rate is lr = (d_model w)^-1/2 here.
#include "train/schedules/warmed.h"

namespace firesteel {
namespace {

struct InverseSquareRoot final : WarmedOf<InverseSquareRoot> {
  static constexpr auto schema() {
    return Schema{"InverseSquareRoot",
                  "schedule",
                  "Lowers the learning rate by the root of iterations, as for Transformers.",
                  kWarmup,
                  kWarmupStart,
                  kWarmupEpochs};
  }
  double shape(const FitTime& at) const override {
    int64_t steps = std::max<int64_t>(1, warm_steps(at));
    return std::sqrt(static_cast<double>(steps) / static_cast<double>(std::max(steps, at.step)));
  }
};
FIRESTEEL_REGISTER(Schedule, InverseSquareRoot);

}  // namespace
}  // namespace firesteel
