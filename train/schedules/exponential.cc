// SPDX-License-Identifier: Apache-2.0
// Exponential: lr gamma^(step / decay_steps).
#include "train/schedules/fading.h"

namespace firesteel {
namespace {

struct Exponential final : FadingOf<Exponential> {
  float gamma = 0.96f;

  static constexpr auto schema() {
    return Schema{"Exponential",
                  "schedule",
                  "Multiplies the learning rate by gamma in each decay_steps, smoothly or at once.",
                  required("gamma", &Exponential::gamma, "factor of decay_steps", positive),
                  kDecaySteps,
                  kStaircase,
                  kByEpoch,
                  kWarmup,
                  kWarmupStart,
                  kWarmupEpochs};
  }
  double shape(const FitTime& at) const override { return std::pow(double{gamma}, times(at)); }
};
FIRESTEEL_REGISTER(Schedule, Exponential);

}  // namespace
}  // namespace firesteel
