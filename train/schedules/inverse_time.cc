// SPDX-License-Identifier: Apache-2.0
// InverseTime: lr / (1 + gamma step / decay_steps).
#include "train/schedules/fading.h"

namespace firesteel {
namespace {

struct InverseTime final : FadingOf<InverseTime> {
  float gamma = 0.1f;

  static constexpr auto schema() {
    return Schema{"InverseTime",
                  "schedule",
                  "Divides the learning rate by a number that grows steadily.",
                  required("gamma", &InverseTime::gamma, "growth in decay_steps", nonnegative),
                  kDecaySteps,
                  kStaircase,
                  kByEpoch,
                  kWarmup,
                  kWarmupStart,
                  kWarmupEpochs};
  }
  double shape(const FitTime& at) const override { return 1 / (1 + double{gamma} * times(at)); }
};
FIRESTEEL_REGISTER(Schedule, InverseTime);

}  // namespace
}  // namespace firesteel
