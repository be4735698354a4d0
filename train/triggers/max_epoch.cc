// SPDX-License-Identifier: Apache-2.0
// MaxEpoch: so many epochs are over; beside others, in And and Or.
#include "train/trigger.h"

namespace firesteel {
namespace {

struct MaxEpoch final : TriggerOf<MaxEpoch> {
  int64_t epochs = 0;

  static constexpr auto schema() {
    return Schema{"MaxEpoch", "trigger", "Ends a fit after so many epochs.",
                  required("epochs", &MaxEpoch::epochs, "how many", positive)};
  }
  bool fires(const FitTime& at) const override { return at.step >= epochs * at.epoch_steps; }
};
FIRESTEEL_REGISTER(Trigger, MaxEpoch);

}  // namespace
}  // namespace firesteel
