// SPDX-License-Identifier: Apache-2.0
// Step: lr gamma^(step / every), rounded down.
#include "train/schedules/warmed.h"

namespace firesteel {
namespace {

struct Step final : WarmedOf<Step> {
  int64_t every = 1;
  float gamma = 0.1f;

  static constexpr auto schema() {
    return Schema{
        "Step",
        "schedule",
        "Multiplies the learning rate by gamma every few iterations or epochs.",
        required("every", &Step::every, "iterations (epochs) between two changes", positive),
        attr("gamma", &Step::gamma, "factor of a change", positive),
        kWarmup,
        kWarmupStart,
        kWarmupEpochs,
        kByEpoch};
  }
  double shape(const FitTime& at) const override {
    int64_t changes = counted(at) / every;
    return std::pow(double{gamma}, static_cast<double>(changes));
  }
};
FIRESTEEL_REGISTER(Schedule, Step);

}  // namespace
}  // namespace firesteel
