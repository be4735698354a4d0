// SPDX-License-Identifier: Apache-2.0
// MaxScore: a metric is above a number.
#include "train/triggers/newest.h"

namespace firesteel {
namespace {

struct MaxScore final : TriggerOf<MaxScore> {
  float max = 0;
  std::string monitor = "accuracy";

  static constexpr auto schema() {
    return Schema{"MaxScore", "trigger", "Ends a fit when a metric is high enough.",
                  required("max", &MaxScore::max, "the metric is above this"),
                  attr("monitor", &MaxScore::monitor, "which metric of the test data", nonempty)};
  }
  std::vector<std::string> watched() const override { return {monitor}; }
  bool fires(const FitTime& at) const override { return newest(at, monitor) > max; }
};
FIRESTEEL_REGISTER(Trigger, MaxScore);

}  // namespace
}  // namespace firesteel
