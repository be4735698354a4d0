// SPDX-License-Identifier: Apache-2.0
// MaxIteration: so many iterations are over; beside others, in And and Or.
#include "train/trigger.h"

namespace firesteel {
namespace {

struct MaxIteration final : TriggerOf<MaxIteration> {
  int64_t iterations = 0;

  static constexpr auto schema() {
    return Schema{"MaxIteration", "trigger",
                  "Ends a fit after the epoch in which it made so many iterations.",
                  required("iterations", &MaxIteration::iterations, "how many", positive)};
  }
  bool fires(const FitTime& at) const override { return at.step >= iterations; }
};
FIRESTEEL_REGISTER(Trigger, MaxIteration);

}  // namespace
}  // namespace firesteel
