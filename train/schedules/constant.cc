// SPDX-License-Identifier: Apache-2.0
// Constant: lr.
#include "train/schedules/warmed.h"

namespace firesteel {
namespace {

struct Constant final : WarmedOf<Constant> {
  static constexpr auto schema() {
    return Schema{"Constant", "schedule",   "The same learning rate at every iteration.",
                  kWarmup,    kWarmupStart, kWarmupEpochs};
  }
  double shape(const FitTime&) const override { return 1; }
};
FIRESTEEL_REGISTER(Schedule, Constant);

}  // namespace
}  // namespace firesteel
