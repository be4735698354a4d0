// SPDX-License-Identifier: Apache-2.0
// NaturalExp: lr exp(-gamma step / decay_steps).
#include "train/schedules/fading.h"

namespace firesteel {
namespace {

struct NaturalExp final : FadingOf<NaturalExp> {
  float gamma = 0.1f;

  static constexpr auto schema() {
    return Schema{"NaturalExp",
                  "schedule",
                  "Lowers the learning rate by the exponential function.",
                  required("gamma", &NaturalExp::gamma, "exponent of decay_steps", nonnegative),
                  kDecaySteps,
                  kStaircase,
                  kByEpoch,
                  kWarmup,
                  kWarmupStart,
                  kWarmupEpochs};
  }
  double shape(const FitTime& at) const override { return std::exp(-double{gamma} * times(at)); }
};
FIRESTEEL_REGISTER(Schedule, NaturalExp);

}  // namespace
}  // namespace firesteel
