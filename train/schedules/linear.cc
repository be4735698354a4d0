// SPDX-License-Identifier: Apache-2.0
// Linear: lr times a factor that goes from start_factor to end_factor, counted after the warm-up.
#include "train/schedules/warmed.h"

namespace firesteel {
namespace {

struct Linear final : WarmedOf<Linear> {
  float start_factor = 1, end_factor = 0;
  int64_t length = 0;

  static constexpr auto schema() {
    return Schema{
        "Linear",
        "schedule",
        "Changes the learning rate evenly from one factor to another.",
        attr("start_factor", &Linear::start_factor, "share of lr at the beginning", nonnegative),
        attr("end_factor", &Linear::end_factor, "share of lr at the end", nonnegative),
        attr("length", &Linear::length, "iterations (epochs) to there; 0: all that the fit has",
             nonnegative),
        kByEpoch,
        kWarmup,
        kWarmupStart,
        kWarmupEpochs};
  }
  bool needs_total() const override { return length == 0; }
  double shape(const FitTime& at) const override {
    double start = start_factor, end = end_factor;
    return start + (end - start) * share(at, length);
  }
};
FIRESTEEL_REGISTER(Schedule, Linear);

}  // namespace
}  // namespace firesteel
