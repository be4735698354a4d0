// SPDX-License-Identifier: Apache-2.0
// MultiStep: lr gamma^n, where n of the milestones are over.
#include "train/schedules/warmed.h"

namespace firesteel {
namespace {

struct MultiStep final : WarmedOf<MultiStep> {
  Dims milestones;
  float gamma = 0.1f;

  static constexpr auto schema() {
    return Schema{"MultiStep",
                  "schedule",
                  "Multiplies the learning rate by gamma at each milestone.",
                  required("milestones", &MultiStep::milestones,
                           "iterations (epochs) after which it changes", positive),
                  attr("gamma", &MultiStep::gamma, "factor of a change", positive),
                  kByEpoch,
                  kWarmup,
                  kWarmupStart,
                  kWarmupEpochs};
  }
  double shape(const FitTime& at) const override {
    auto over = std::ranges::count_if(milestones, [&](int64_t m) { return m <= counted(at); });
    return std::pow(double{gamma}, static_cast<double>(over));
  }
};
FIRESTEEL_REGISTER(Schedule, MultiStep);

}  // namespace
}  // namespace firesteel
